package org.byoemail.platform.event;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How events are numbered and published.
 *
 * @param interval the pause after a batch of events, in which the next batch gathers; a few events
 *     are numbered and published at once
 */
@ConfigurationProperties("byo.event")
record EventSettings(@DefaultValue("50ms") Duration interval) {}
