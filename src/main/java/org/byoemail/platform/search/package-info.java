/** Full-text search over messages: an index of its own, filled after the commit, and queries. */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.conversation"})
package org.byoemail.platform.search;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
