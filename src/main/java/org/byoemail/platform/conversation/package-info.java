/** Stored messages, the conversations they belong to, and the content of their attachments. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.conversation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
