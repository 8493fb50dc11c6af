package org.byoemail.embedded;

import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;
import org.apache.activemq.artemis.core.transaction.Transaction;

/**
 * What producers may set of a submission's message. Who sent it is written down for AMQP, too,
 * which Artemis itself does for the other protocols only; none overtakes the mail of others, or is
 * held in the broker's memory until a time; none is larger than any submission can be.
 */
final class SubmissionGuard implements ActiveMQServerMessagePlugin {
  private static final byte NORMAL = 4;
  private static final SimpleString ADDRESS = SimpleString.of(BrokerAddresses.OUTBOUND);
  private static final SimpleString PREFIXED =
      SimpleString.of(BrokerAcceptors.ANYCAST_PREFIX + BrokerAddresses.OUTBOUND);

  private final long largest;

  /**
   * @param largest message, in bytes as the broker keeps it
   */
  SubmissionGuard(long largest) {
    this.largest = largest;
  }

  @Override
  public void beforeSend(
      ServerSession session,
      Transaction transaction,
      Message message,
      boolean direct,
      boolean noAutoCreateQueue)
      throws ActiveMQException {
    SimpleString address = message.getAddressSimpleString();
    if (!ADDRESS.equals(address) && !PREFIXED.equals(address)) {
      return;
    }
    if (message.getWholeMessageSize() > largest) {
      throw new ActiveMQException(
          ActiveMQExceptionType.ILLEGAL_STATE,
          "a submission of " + message.getWholeMessageSize() + " bytes is too large");
    }
    // What the broker adds stands above what a client sets by the same name.
    message.setBrokerProperty(
        Message.HDR_VALIDATED_USER, SimpleString.of(session.getValidatedUser()));
    message.setPriority(NORMAL);
    if (message.getScheduledDeliveryTime() != 0) {
      message.setScheduledDeliveryTime(0L);
    }
  }
}
