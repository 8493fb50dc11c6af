/** Whether accounts are used at all: the decision behind {@code BYO_EMAIL_ENABLED}. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account.registry"})
package org.byoemail.account.rollout;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
