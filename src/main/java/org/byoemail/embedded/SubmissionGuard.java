package org.byoemail.embedded;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /** The queues of submissions, as the protocols name them. */
  private final Set<SimpleString> addresses = new HashSet<>();

  private final long largest;

  /**
   * @param producers whose queues of submissions are guarded in addition to the shared queue
   * @param largest message, in bytes as the broker keeps it
   */
  SubmissionGuard(List<BrokerUser> producers, long largest) {
    guard(BrokerAddresses.OUTBOUND);
    producers.forEach(user -> guard(user.submissions()));
    this.largest = largest;
  }

  private void guard(String address) {
    addresses.add(SimpleString.of(address));
    addresses.add(SimpleString.of(BrokerAcceptors.ANYCAST_PREFIX + address));
  }

  @Override
  public void beforeSend(
      ServerSession session,
      Transaction transaction,
      Message message,
      boolean direct,
      boolean noAutoCreateQueue)
      throws ActiveMQException {
    if (!addresses.contains(message.getAddressSimpleString())) {
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
