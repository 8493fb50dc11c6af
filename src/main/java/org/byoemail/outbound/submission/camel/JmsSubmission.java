package org.byoemail.outbound.submission.camel;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.core.client.impl.ClientMessageInternal;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.byoemail.outbound.submission.InvalidField;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * The JMS message with a submission. Its size is checked before its body is streamed to the reader;
 * the beginning is kept for a rejection.
 */
final class JmsSubmission implements OriginalSubmission {
  private static final String VALIDATED_USER = "_AMQ_VALIDATED_USER";
  // Every message that the broker converts from AMQP has it, whatever else its sender sets.
  private static final String FROM_AMQP = "JMS_AMQP_ORIGINAL_ENCODING";

  private final Message message;
  private final boolean namesAmqpUsers;
  private @Nullable SubmissionBody body;

  /**
   * @param namesAmqpUsers whether the user named by a message from AMQP can be believed
   */
  JmsSubmission(Message message, boolean namesAmqpUsers) {
    this.message = message;
    this.namesAmqpUsers = namesAmqpUsers;
  }

  @Override
  public @Nullable String user() throws JMSException {
    if (!namesAmqpUsers && message.propertyExists(FROM_AMQP)) {
      return null;
    }
    Object user = message.getObjectProperty(VALIDATED_USER);
    return user instanceof String name ? name : null;
  }

  @Override
  public @Nullable TraceParent trace() throws JMSException {
    return TraceParent.parse(message.getObjectProperty(TraceParent.NAME));
  }

  /**
   * Reads it. One without an id takes the broker's number and time of the message, which stay when
   * it is delivered again.
   */
  @Override
  public Submission read(SubmissionReader reader) throws JMSException {
    Submission submission = parse(reader);
    return submission.id() == null ? submission.withId(brokersId()) : submission;
  }

  @Override
  public String brokersId() throws JMSException {
    return "queue-" + core().getMessageID() + "-" + message.getJMSTimestamp();
  }

  @Override
  public long size(SubmissionReader reader) throws JMSException {
    if (message.propertyExists(UndecodedSubmissions.COMPRESSED.toString())) {
      return reader.largest();
    }
    Object noted = message.getObjectProperty(UndecodedSubmissions.SIZE.toString());
    long size = noted instanceof Long large && large >= 0 ? large : core().getBodySize();
    return Math.min(size, reader.largest());
  }

  @Override
  public boolean deliveredBefore() {
    return core().getDeliveryCount() > 1;
  }

  @Override
  public byte[] shown() throws JMSException {
    return start(SHOWN + 1);
  }

  @Override
  public byte @Nullable [] whole(SubmissionReader reader) throws JMSException {
    byte[] start = start(reader.largest() + 1);
    return start.length > reader.largest() ? null : start;
  }

  /** Discards the unread rest, so that the broker can deliver the next message. */
  @Override
  public void discard() {
    if (core() instanceof ClientMessageInternal read) {
      read.discardBody();
    }
  }

  private Submission parse(SubmissionReader reader) throws JMSException {
    if (message instanceof TextMessage text && text.getText() != null) {
      return reader.read(text.getText());
    }
    SubmissionBody opened = SubmissionBody.of(core(), reader.largest(), SHOWN + 1);
    if (opened == null) {
      throw new SubmissionRejected(
          null, List.of(new InvalidField("", "must be a message of text or of bytes")));
    }
    body = opened;
    return opened.read(reader);
  }

  private byte[] start(int length) throws JMSException {
    if (message instanceof TextMessage text && text.getText() != null) {
      String start = text.getText();
      return start.substring(0, Math.min(start.length(), length)).getBytes(StandardCharsets.UTF_8);
    }
    if (body == null) {
      body = SubmissionBody.of(core(), length, length);
    }
    return body == null ? new byte[0] : body.start(length);
  }

  private ClientMessage core() {
    if (message instanceof ActiveMQMessage artemis) {
      return artemis.getCoreMessage();
    }
    throw new IllegalStateException("not a message of Artemis' client: " + message.getClass());
  }
}
