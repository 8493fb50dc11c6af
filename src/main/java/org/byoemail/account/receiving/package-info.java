/**
 * What is learnt of the server that receives the mail of an account: the authserv-id (RFC 8601
 * section 2.5) of its Authentication-Results, and whether it removes forged fields of that id.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"account.connection", "account.registry", "platform.audit"})
package org.byoemail.account.receiving;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
