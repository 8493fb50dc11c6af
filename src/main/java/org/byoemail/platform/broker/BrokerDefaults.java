package org.byoemail.platform.broker;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/** Settings that follow from the selected broker, below every setting of the user. */
class BrokerDefaults implements EnvironmentPostProcessor, Ordered {
  /** What may follow the name of a queue or topic, in either broker. */
  private static final String NAME = "[A-Za-z0-9_-]{1,64}";

  /** Follows {@code email.events.} in the queue for who may see all organisations. */
  private static final String ALL_EVENTS = "platform";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    BrokerKind kind = BrokerKind.of(environment);
    if (kind == BrokerKind.RABBITMQ) {
      require(environment, kind, "spring.rabbitmq.addresses", "spring.rabbitmq.host");
    } else if (kind == BrokerKind.KAFKA) {
      require(environment, kind, "byo.broker.kafka.bootstrap-servers");
    }
    Map<String, Object> defaults = new HashMap<>();
    defaults.put(
        "byo.broker.submissions",
        submissions(environment, environment.getProperty("byo.outbound.queue", "email.outbound")));
    environment
        .getPropertySources()
        .addLast(new MapPropertySource("byo-email broker defaults", defaults));
  }

  private static String submissions(ConfigurableEnvironment environment, String queue) {
    Map<String, String> organizations = new TreeMap<>(BrokerOrganizations.of(environment));
    if (organizations.isEmpty() || BrokerKind.of(environment) == BrokerKind.ARTEMIS) {
      return queue;
    }
    for (String name : organizations.keySet()) {
      if (!name.matches(NAME)) {
        throw new BrokerRefused(
            "The name "
                + name
                + " in byo.broker.organizations is not 1 to 64 letters, digits, - or _.",
            "Correct byo.broker.organizations.");
      }
    }
    requireFreeNames(environment, organizations, queue);
    return organizations.keySet().stream()
        .map(name -> queue + "." + name)
        .collect(Collectors.joining(","));
  }

  /**
   * A queue of submissions must not be the queue of all rejections, nor a queue of one
   * organisation's events the queue of all events in {@code deploy/rabbitmq/definitions.json}.
   */
  private static void requireFreeNames(
      ConfigurableEnvironment environment, Map<String, String> organizations, String queue) {
    String rejected =
        environment.getProperty("byo.outbound.rejected-queue", "email.outbound.rejected");
    for (Map.Entry<String, String> one : organizations.entrySet()) {
      boolean takesRejections = rejected.equals(queue + "." + one.getKey());
      boolean readsAllEvents =
          BrokerKind.of(environment) == BrokerKind.RABBITMQ
              && one.getKey().equals(ALL_EVENTS)
              && !one.getValue().equals("*");
      if (takesRejections || readsAllEvents) {
        throw new BrokerRefused(
            "The name "
                + one.getKey()
                + " in byo.broker.organizations is a queue or topic of the gateway itself.",
            "Choose another name in byo.broker.organizations.");
      }
    }
  }

  private static void require(
      ConfigurableEnvironment environment, BrokerKind kind, String... settings) {
    for (String setting : settings) {
      if (StringUtils.hasText(environment.getProperty(setting))) {
        return;
      }
    }
    throw new BrokerRefused(
        BrokerKind.SETTING + " is " + kind.word() + ", and " + settings[0] + " is not set.",
        "Set " + String.join(" or ", settings) + ".");
  }

  /** After the configuration files were read. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
