package org.byoemail.embedded;

import org.apache.activemq.artemis.core.config.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where producers reach the broker. */
final class BrokerAcceptors {
  static final String AMQP = "amqp";
  static final String STOMP = "stomp";

  private static final Logger LOG = LoggerFactory.getLogger(BrokerAcceptors.class);

  private BrokerAcceptors() {}

  /**
   * Adds them.
   *
   * @throws CannotStart where a port is taken
   */
  static void applyTo(Configuration broker, BrokerSettings settings) {
    add(broker, AMQP, settings.host(), settings.amqpPort(), "byo.broker.amqp-port");
    add(broker, STOMP, settings.host(), settings.stompPort(), "byo.broker.stomp-port");
  }

  private static void add(
      Configuration broker, String protocol, String host, int configured, String setting) {
    if (configured == BrokerSettings.OFF) {
      return;
    }
    int port = Ports.toListenOn(host, configured, setting);
    try {
      broker.addAcceptorConfiguration(
          protocol,
          "tcp://"
              + (host.contains(":") ? "[" + host + "]" : host)
              + ":"
              + port
              + "?protocols="
              + protocol.toUpperCase(java.util.Locale.ROOT)
              + ";anycastPrefix=queue/;multicastPrefix=topic/");
    } catch (Exception e) {
      throw new IllegalArgumentException("byo.broker.host: " + host + " is no address", e);
    }
    LOG.info(
        "The broker takes {} on {}:{}", protocol.toUpperCase(java.util.Locale.ROOT), host, port);
  }
}
