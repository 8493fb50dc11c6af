package org.byoemail.embedded;

import java.time.Duration;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/** The broker's addresses: made here and by nobody else, so that a misspelt one is an error. */
final class BrokerAddresses {
  static final String OUTBOUND = "email.outbound";
  static final String REJECTED = "email.outbound.rejected";
  static final String EVENTS = "email.events";
  static final String PLATFORM = "email.events.platform";
  static final String DEAD = "email.dead";

  private static final long PAGE_ABOVE_BYTES = 100L << 20;
  private static final long EVENTS_KEPT = 100_000;
  private static final long EVENTS_KEPT_MILLIS = Duration.ofDays(7).toMillis();
  private static final long FIRST_DELAY_MILLIS = 1_000;
  private static final long LONGEST_DELAY_MILLIS = 60_000;

  private BrokerAddresses() {}

  static void applyTo(Configuration broker) {
    // Spring Boot's own two are not used.
    broker.getAddressConfigurations().clear();
    broker.addAddressConfiguration(anycast(OUTBOUND));
    broker.addAddressConfiguration(anycast(REJECTED));
    broker.addAddressConfiguration(anycast(DEAD));
    broker.addAddressConfiguration(
        new CoreAddressConfiguration()
            .setName(EVENTS)
            .addRoutingType(RoutingType.MULTICAST)
            .addQueueConfiguration(
                QueueConfiguration.of(PLATFORM)
                    .setAddress(EVENTS)
                    .setRoutingType(RoutingType.MULTICAST)
                    .setDurable(true)
                    .setRingSize(EVENTS_KEPT)));
    broker.addAddressSetting("#", everywhere());
    broker.addAddressSetting(OUTBOUND, outbound());
    broker.addAddressSetting(EVENTS, events());
  }

  private static CoreAddressConfiguration anycast(String name) {
    return new CoreAddressConfiguration()
        .setName(name)
        .addRoutingType(RoutingType.ANYCAST)
        .addQueueConfiguration(
            QueueConfiguration.of(name).setAddress(name).setRoutingType(RoutingType.ANYCAST));
  }

  private static AddressSettings everywhere() {
    return new AddressSettings()
        .setDeadLetterAddress(SimpleString.of(DEAD))
        .setExpiryAddress(SimpleString.of(DEAD))
        .setAutoCreateAddresses(false)
        .setAutoCreateQueues(false)
        .setAutoDeleteAddresses(false)
        .setAutoDeleteQueues(false)
        .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
        .setMaxSizeBytes(PAGE_ABOVE_BYTES);
  }

  // While the database is away, submissions wait for as long as it takes.
  private static AddressSettings outbound() {
    return new AddressSettings()
        .setMaxDeliveryAttempts(-1)
        .setRedeliveryDelay(FIRST_DELAY_MILLIS)
        .setRedeliveryMultiplier(2)
        .setMaxRedeliveryDelay(LONGEST_DELAY_MILLIS);
  }

  // Bounded in every subscription; what is dropped stays in the record of events. The empty expiry
  // address lets an old event go, instead of piling it up among the dead letters.
  private static AddressSettings events() {
    return new AddressSettings()
        .setDefaultRingSize(EVENTS_KEPT)
        .setExpiryDelay(EVENTS_KEPT_MILLIS)
        .setExpiryAddress(SimpleString.of(""));
  }
}
