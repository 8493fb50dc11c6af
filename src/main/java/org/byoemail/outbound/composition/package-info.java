/** Composes the mail of a stored message: header, body and attachments as MIME. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account.connection", "platform.conversation"})
package org.byoemail.outbound.composition;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
