/**
 * Connection tests that run in the background: their steps are stored as they happen, so that a
 * page or a client can follow them on any node.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"account.connection", "account.registry", "platform.audit"})
package org.byoemail.account.testrun;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
