package org.byoemail.platform.broker;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The connection to Kafka.
 *
 * @param bootstrapServers some of its brokers, as host:port with commas between them
 * @param securityProtocol PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL
 * @param saslMechanism PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, used where there is a user name
 * @param username of the gateway; empty: no SASL login
 * @param password of that user
 * @param group the consumer group of all nodes
 * @param consumers threads of this node that take submissions; no more than there are partitions
 *     have work
 * @param properties further properties of Kafka's clients, such as ssl.truststore.location
 */
@ConfigurationProperties("byo.broker.kafka")
public record KafkaConnection(
    @DefaultValue("") String bootstrapServers,
    @DefaultValue("PLAINTEXT") String securityProtocol,
    @DefaultValue("SCRAM-SHA-512") String saslMechanism,
    @DefaultValue("") String username,
    @DefaultValue("") String password,
    @DefaultValue("byo-email") String group,
    @DefaultValue("4") int consumers,
    @DefaultValue Map<String, String> properties) {

  /** Checks the mechanism, and that the protocol uses it. */
  public KafkaConnection {
    if (!username.isEmpty()) {
      if (!securityProtocol.toUpperCase(Locale.ROOT).startsWith("SASL_")) {
        throw new BrokerRefused(
            "byo.broker.kafka.username is set, and security-protocol is " + securityProtocol + ".",
            "Set byo.broker.kafka.security-protocol to SASL_SSL or SASL_PLAINTEXT.");
      }
      loginModule(saslMechanism);
    }
  }

  /** The properties that its clients have in common. They contain the password. */
  public Map<String, Object> clientProperties() {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("bootstrap.servers", bootstrapServers);
    all.put("security.protocol", securityProtocol.toUpperCase(Locale.ROOT));
    if (!username.isEmpty()) {
      all.put("sasl.mechanism", saslMechanism.toUpperCase(Locale.ROOT));
      all.put(
          "sasl.jaas.config",
          loginModule(saslMechanism)
              + " required username=\""
              + escaped(username)
              + "\" password=\""
              + escaped(password)
              + "\";");
    }
    return all;
  }

  private static String loginModule(String mechanism) {
    return switch (mechanism.toUpperCase(Locale.ROOT)) {
      case "PLAIN" -> "org.apache.kafka.common.security.plain.PlainLoginModule";
      case "SCRAM-SHA-256", "SCRAM-SHA-512" ->
          "org.apache.kafka.common.security.scram.ScramLoginModule";
      default ->
          throw new BrokerRefused(
              "byo.broker.kafka.sasl-mechanism is " + mechanism + ".",
              "Set it to PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.");
    };
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  @Override
  public String toString() {
    return "KafkaConnection[" + bootstrapServers + ", " + securityProtocol + "]";
  }
}
