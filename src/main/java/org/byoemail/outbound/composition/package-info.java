/** From a stored message to the mail that is sent: header, body and files as MIME. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account.connection", "platform.conversation"})
package org.byoemail.outbound.composition;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
