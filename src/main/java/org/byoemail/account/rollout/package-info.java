/**
 * Which accounts are used, for sending and for receiving: the flag {@code BYO_EMAIL_ENABLED}. One
 * node evaluates it through OpenFeature and stores the result, which claims and watchers read.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.registry",
      "platform.audit",
      "platform.cluster",
      "platform.health"
    })
package org.byoemail.account.rollout;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
