package org.byoemail.embedded;

import java.util.List;
import java.util.Locale;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.ConfigurationUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The acceptors at which producers reach the broker. */
final class BrokerAcceptors {
  static final String AMQP = "amqp";
  static final String STOMP = "stomp";
  static final String ANYCAST_PREFIX = "queue/";
  static final String MULTICAST_PREFIX = "topic/";

  private static final Logger log = LoggerFactory.getLogger(BrokerAcceptors.class);

  private BrokerAcceptors() {}

  /**
   * Adds the acceptors.
   *
   * @throws EmbeddedPartFailed if a port is taken
   */
  static void applyTo(Configuration broker, BrokerSettings settings) {
    broker.setIncomingInterceptorClassNames(
        List.of(DurableAmqp.class.getName(), DurableStomp.class.getName()));
    add(broker, AMQP, settings.host(), settings.amqpPort(), "byo.broker.amqp-port");
    add(broker, STOMP, settings.host(), settings.stompPort(), "byo.broker.stomp-port");
  }

  private static void add(
      Configuration broker, String protocol, String host, int configured, String setting) {
    if (configured == BrokerSettings.OFF) {
      return;
    }
    int port = Ports.toListenOn(host, configured, setting);
    String name = protocol.toUpperCase(Locale.ROOT);
    String url =
        "tcp://"
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + port
            + "?protocols="
            + name
            + ";anycastPrefix="
            + ANYCAST_PREFIX
            + ";multicastPrefix="
            + MULTICAST_PREFIX;
    try {
      TransportConfiguration acceptor = ConfigurationUtils.parseAcceptorURI(protocol, url).get(0);
      broker.addAcceptorConfiguration(
          new TransportConfiguration(
              BrokerAcceptorFactory.class.getName(),
              acceptor.getParams(),
              protocol,
              acceptor.getExtraParams()));
    } catch (Exception e) {
      throw new EmbeddedPartFailed(
          host + " is no address that the broker can listen on.", "Correct byo.broker.host.", e);
    }
    log.info("The broker accepts {} on {}:{}", name, host, port);
  }
}
