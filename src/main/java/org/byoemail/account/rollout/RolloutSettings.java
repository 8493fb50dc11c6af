package org.byoemail.account.rollout;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The switch.
 *
 * @param enabled whether accounts are used at all (BYO_EMAIL_ENABLED)
 */
@ConfigurationProperties("byo.email")
record RolloutSettings(@DefaultValue("true") boolean enabled) {}
