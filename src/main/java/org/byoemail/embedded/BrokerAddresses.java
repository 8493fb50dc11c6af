package org.byoemail.embedded;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.DivertConfiguration;
import org.apache.activemq.artemis.core.config.TransformerConfiguration;
import org.apache.activemq.artemis.core.server.ComponentConfigurationRoutingType;
import org.apache.activemq.artemis.core.server.transformer.AddHeadersTransformer;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.jspecify.annotations.Nullable;

/** The broker's addresses: only these exist, so that a misspelt one is an error. */
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
  private static final long MAX_DELAY_MILLIS = 60_000;

  private BrokerAddresses() {}

  static void applyTo(Configuration broker, List<BrokerUser> producers) {
    // The two of Spring Boot are not used.
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
    broker.addAddressSetting(REJECTED, queue());
    broker.addAddressSetting(DEAD, queue());
    broker.addAddressSetting(EVENTS, events());
    for (BrokerUser user : producers) {
      if (user.organization() != null) {
        addOwn(broker, user);
      }
    }
  }

  /**
   * The three queues of a user of one organisation. What it submits to its own is forwarded to all
   * with its name; an event is published once, and the broker diverts a copy.
   */
  private static void addOwn(Configuration broker, BrokerUser user) {
    broker.addAddressConfiguration(anycast(user.submissions()));
    broker.addAddressSetting(user.submissions(), outbound());
    broker.addDivertConfiguration(
        divert("outbound-" + user.name(), user.submissions(), OUTBOUND)
            .setExclusive(true)
            .setTransformerConfiguration(naming(user)));
    CoreAddressConfiguration events = anycast(user.events());
    events.getQueueConfigs().forEach(queue -> queue.setRingSize(EVENTS_KEPT));
    broker.addAddressConfiguration(events);
    broker.addAddressSetting(
        user.events(), events().setDefaultAddressRoutingType(RoutingType.ANYCAST));
    broker.addDivertConfiguration(
        divert("events-" + user.name(), EVENTS, user.events())
            .setFilterString("organization = '" + quoted(user.organization()) + "'"));
    broker.addAddressConfiguration(anycast(user.rejected()));
    broker.addAddressSetting(user.rejected(), queue());
    broker.addDivertConfiguration(
        divert("rejected-" + user.name(), REJECTED, user.rejected())
            .setFilterString("user = '" + user.name() + "'")
            .setExclusive(true));
  }

  private static TransformerConfiguration naming(BrokerUser user) {
    return new TransformerConfiguration(AddHeadersTransformer.class.getName())
        .setProperties(Map.of(Message.HDR_VALIDATED_USER.toString(), user.name()));
  }

  private static DivertConfiguration divert(String name, String from, String to) {
    return new DivertConfiguration()
        .setName(name)
        .setRoutingName(name)
        .setAddress(from)
        .setForwardingAddress(to)
        .setRoutingType(ComponentConfigurationRoutingType.ANYCAST);
  }

  private static String quoted(@Nullable String text) {
    return String.valueOf(text).replace("'", "''");
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

  /** For STOMP, a name without the prefix queue/ is a queue, too. */
  private static AddressSettings queue() {
    return new AddressSettings().setDefaultAddressRoutingType(RoutingType.ANYCAST);
  }

  // While the database is away, submissions wait for as long as it takes, and none expires. What a
  // producer calls a duplicate or a group would drop or hold up the mail of another one.
  private static AddressSettings outbound() {
    return queue()
        .setNoExpiry(true)
        .setIDCacheSize(0)
        .setDefaultGroupBuckets(0)
        .setMaxDeliveryAttempts(-1)
        .setRedeliveryDelay(FIRST_DELAY_MILLIS)
        .setRedeliveryMultiplier(2)
        .setMaxRedeliveryDelay(MAX_DELAY_MILLIS);
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
