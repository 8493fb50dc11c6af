/**
 * The only opener of SMTP and IMAP sessions: address vetting, TLS, authentication, the pool,
 * connection tests.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"account.registry"})
package org.byoemail.account.connection;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
