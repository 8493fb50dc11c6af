/**
 * Which broker the gateway uses, and how it logs in there. The routes of the selected broker are
 * those in {@code routes/brokers/<kind>}; no client of another one is created or loaded.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.broker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
