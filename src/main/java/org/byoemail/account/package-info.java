/**
 * Agents, their endpoints, and the accounts by which they send and receive: settings, sealed
 * secrets and health.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"event"})
package org.byoemail.account;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
