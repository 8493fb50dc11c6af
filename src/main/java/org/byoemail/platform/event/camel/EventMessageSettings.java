package org.byoemail.platform.event.camel;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the events on the broker hold.
 *
 * @param connectLinks whether {@code account.needs_reauthorization} has its connect link there, for
 *     every user of the broker that reads the events of that organisation
 */
@ConfigurationProperties("byo.event")
record EventMessageSettings(@DefaultValue("false") boolean connectLinks) {}
