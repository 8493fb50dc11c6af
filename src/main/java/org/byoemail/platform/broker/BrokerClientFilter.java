package org.byoemail.platform.broker;

import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

/**
 * Leaves out the auto-configurations of clients of other brokers, before any of their classes is
 * loaded, and Spring Boot's health indicators of brokers, which the gateway has one of its own for.
 */
class BrokerClientFilter implements AutoConfigurationImportFilter, EnvironmentAware {
  private static final String BOOT = "org.springframework.boot.autoconfigure.";
  private static final String HEALTH = "org.springframework.boot.actuate.autoconfigure.";
  private static final String CAMEL = "org.apache.camel.component.";

  private static final Map<String, BrokerKind> CLIENTS =
      Map.of(
          BOOT + "jms.", BrokerKind.ARTEMIS,
          CAMEL + "jms.", BrokerKind.ARTEMIS,
          BOOT + "amqp.", BrokerKind.RABBITMQ,
          CAMEL + "springrabbit.", BrokerKind.RABBITMQ,
          BOOT + "kafka.", BrokerKind.KAFKA,
          CAMEL + "kafka.", BrokerKind.KAFKA);

  private Environment environment = new StandardEnvironment();

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public boolean[] match(String[] candidates, AutoConfigurationMetadata metadata) {
    BrokerKind kind = BrokerKind.of(environment);
    boolean[] used = new boolean[candidates.length];
    for (int i = 0; i < used.length; i++) {
      used[i] = candidates[i] == null || isUsed(candidates[i], kind);
    }
    return used;
  }

  private static boolean isUsed(String configuration, BrokerKind kind) {
    if (configuration.startsWith(HEALTH + "jms.") || configuration.startsWith(HEALTH + "amqp.")) {
      return false;
    }
    return CLIENTS.entrySet().stream()
        .noneMatch(
            client -> configuration.startsWith(client.getKey()) && client.getValue() != kind);
  }
}
