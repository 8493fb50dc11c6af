/**
 * Who may come in, and to what: bearer keys with roles for the API, a login for the console, the
 * limits every request is held to.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.bucket", "platform.health"})
package org.byoemail.platform.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
