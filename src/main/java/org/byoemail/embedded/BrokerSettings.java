package org.byoemail.embedded;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The embedded broker.
 *
 * @param host the address that it listens on for producers
 * @param amqpPort its port for AMQP 1.0; 0 takes a free one, -1 opens none
 * @param stompPort its port for STOMP; 0 takes a free one, -1 opens none
 * @param producerPassword the password of its user {@code producer}
 */
@ConfigurationProperties("byo.broker")
record BrokerSettings(
    @DefaultValue("127.0.0.1") String host,
    @DefaultValue("5672") int amqpPort,
    @DefaultValue("61613") int stompPort,
    @DefaultValue("") String producerPassword) {
  static final int OFF = -1;

  BrokerSettings {
    requireValid(amqpPort, "byo.broker.amqp-port");
    requireValid(stompPort, "byo.broker.stomp-port");
  }

  private static void requireValid(int port, String setting) {
    if (port != OFF) {
      Ports.requireValid(port, setting);
    }
  }

  @Override
  public String toString() {
    return "BrokerSettings[" + host + ", amqp " + amqpPort + ", stomp " + stompPort + "]";
  }
}
