/** From a stored message to the mail that is sent: header, body and files as MIME. */
@NullMarked
@ApplicationModule(allowedDependencies = {"connection", "conversation"})
package org.byoemail.composition;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
