/**
 * The Camel component that watches every mailbox of this node and hands over new mail, header
 * first.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"account", "connection", "lease", "rollout", "event", "mime"})
package org.byoemail.mailbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
