package org.byoemail.platform.management;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * JMX in the browser.
 *
 * @param enabled whether {@code /actuator/hawtio} and {@code /actuator/jolokia} are served to the
 *     console's user
 */
@ConfigurationProperties("byo.hawtio")
record HawtioSettings(@DefaultValue("true") boolean enabled) {}
