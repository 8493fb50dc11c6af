/** Whether accounts are used at all: the decision behind {@code BYO_EMAIL_ENABLED}. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account"})
package org.byoemail.rollout;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
