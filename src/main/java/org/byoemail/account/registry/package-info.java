/**
 * Agents, their endpoints, and the accounts by which they send and receive: settings, sealed
 * secrets and health.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.audit", "platform.event", "platform.health"})
package org.byoemail.account.registry;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
