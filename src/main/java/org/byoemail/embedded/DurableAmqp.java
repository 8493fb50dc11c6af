package org.byoemail.embedded;

import org.apache.activemq.artemis.protocol.amqp.broker.AMQPMessage;
import org.apache.activemq.artemis.protocol.amqp.broker.AmqpInterceptor;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * Keeps what AMQP clients send over a restart of the broker, as {@link DurableStomp} does. A
 * message above 100 KB is on its way to disk before this sees it: there, only what its sender says
 * counts. Public because Artemis makes it by name.
 */
public final class DurableAmqp implements AmqpInterceptor {

  @Override
  public boolean intercept(AMQPMessage message, RemotingConnection connection) {
    if (!message.isDurable() && !message.isLargeMessage()) {
      message.setDurable(true);
      message.reencode();
    }
    return true;
  }
}
