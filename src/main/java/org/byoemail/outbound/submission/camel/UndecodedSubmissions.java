package org.byoemail.outbound.submission.camel;

import jakarta.jms.ConnectionFactory;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionReceiveLargeMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionReceiveMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.utils.collections.TypedProperties;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.jms.connection.SingleConnectionFactory;
import org.springframework.stereotype.Component;

/**
 * Leaves the bodies of submissions alone until their size is known. Artemis' client reads text,
 * maps, objects and what is compressed into the heap before anybody sees the message, and one that
 * it cannot read comes again for ever. So every submission reaches JMS as a message of bytes; what
 * it was stands in its properties. Safe for use by many threads.
 */
@ConditionalOnBroker(BrokerKind.ARTEMIS)
@Component
class UndecodedSubmissions implements Interceptor {
  /** What kind of message it was, a byte. */
  static final SimpleString KIND = SimpleString.of("_BYO_KIND");

  /** How many bytes its body has on the wire, a long. */
  static final SimpleString SIZE = SimpleString.of("_BYO_SIZE");

  /** There where the body is compressed. */
  static final SimpleString COMPRESSED = SimpleString.of("_BYO_COMPRESSED");

  private static final Logger LOG = LoggerFactory.getLogger(UndecodedSubmissions.class);
  // By this the broker marks its answer to a client that found nothing, which the client drops
  // unread. That answer was delivered never, a producer's message at least once.
  private static final SimpleString FORCED = SimpleString.of("_hornetq.forced.delivery.seq");

  private final SimpleString queue;

  UndecodedSubmissions(ConnectionFactory connections, Environment environment) {
    this.queue = SimpleString.of(environment.getRequiredProperty("byo.outbound.queue"));
    ConnectionFactory target = connections;
    while (target instanceof SingleConnectionFactory shared) {
      target = shared.getTargetConnectionFactory();
    }
    if (target instanceof ActiveMQConnectionFactory artemis) {
      artemis.getServerLocator().addIncomingInterceptor(this);
    } else {
      LOG.warn("The bodies of submissions are read before their size is known, by {}", target);
    }
  }

  @Override
  public boolean intercept(Packet packet, RemotingConnection connection) {
    if (packet instanceof SessionReceiveMessage received) {
      if (received.getDeliveryCount() > 0) {
        leaveAlone(received.getMessage(), -1);
      }
    } else if (packet instanceof SessionReceiveLargeMessage received) {
      leaveAlone(received.getLargeMessage(), received.getLargeMessageSize());
    }
    return true;
  }

  private void leaveAlone(Message message, long largeSize) {
    if (!(message instanceof CoreMessage core) || !queue.equals(core.getAddressSimpleString())) {
      return;
    }
    // Not by the message's own methods, which would encode it again.
    TypedProperties properties = core.getProperties();
    properties.removeProperty(FORCED);
    Object compressed = properties.removeProperty(Message.HDR_LARGE_COMPRESSED);
    properties.removeProperty(COMPRESSED);
    if (Boolean.TRUE.equals(compressed)) {
      properties.putBooleanProperty(COMPRESSED, true);
    }
    properties.putByteProperty(KIND, core.getType());
    properties.putLongProperty(SIZE, largeSize);
    if (largeSize >= 0) {
      properties.putLongProperty(Message.HDR_LARGE_BODY_SIZE, largeSize);
    }
    core.setType(Message.BYTES_TYPE);
  }
}
