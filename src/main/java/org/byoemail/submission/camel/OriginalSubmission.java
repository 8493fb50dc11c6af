package org.byoemail.submission.camel;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.byoemail.submission.InvalidField;
import org.byoemail.submission.Submission;
import org.byoemail.submission.SubmissionReader;
import org.byoemail.submission.SubmissionRejected;
import org.jspecify.annotations.Nullable;

/**
 * The message of the broker that holds a submission. Bytes are streamed to their reader; the first
 * of them are kept, to be shown where the submission is rejected.
 */
final class OriginalSubmission {
  /** How much of a rejected submission is shown. */
  static final int SHOWN = 64 * 1024;

  private final Message message;
  private @Nullable KeptStream stream;

  OriginalSubmission(Message message) {
    this.message = message;
  }

  /** The user that the broker knows the sender as; null where it says nothing. */
  @Nullable String user() throws JMSException {
    return message.getStringProperty("JMSXUserID");
  }

  /**
   * Reads it. One without an id takes the broker's number and time of the message, which stay when
   * it is delivered again.
   */
  Submission read(SubmissionReader reader) throws JMSException {
    Submission submission = parse(reader);
    return submission.id() == null ? submission.withId(brokersId()) : submission;
  }

  /** What the broker calls it, the same when it is delivered again. */
  String brokersId() throws JMSException {
    if (message instanceof ActiveMQMessage artemis) {
      return "queue-" + artemis.getCoreMessage().getMessageID() + "-" + message.getJMSTimestamp();
    }
    throw new SubmissionRejected(null, List.of(new InvalidField("id", "is missing")));
  }

  private Submission parse(SubmissionReader reader) throws JMSException {
    if (message instanceof TextMessage text && text.getText() != null) {
      return reader.read(text.getText());
    }
    if (message instanceof BytesMessage bytes) {
      stream = new KeptStream(bytes);
      return reader.read(stream);
    }
    throw new SubmissionRejected(
        null, List.of(new InvalidField("", "must be a message of text or of bytes")));
  }

  /** About how many bytes it has; 0 where it is neither text nor bytes. */
  long size() throws JMSException {
    if (message instanceof BytesMessage bytes) {
      return bytes.getBodyLength();
    }
    return message instanceof TextMessage text && text.getText() != null
        ? text.getText().length()
        : 0;
  }

  /** What was handed in, up to a limit and one byte; nothing where it is neither text nor bytes. */
  byte[] shown() throws JMSException, IOException {
    if (message instanceof TextMessage text && text.getText() != null) {
      String start = text.getText();
      return start
          .substring(0, Math.min(start.length(), SHOWN + 1))
          .getBytes(StandardCharsets.UTF_8);
    }
    return stream == null ? new byte[0] : stream.shown();
  }

  private static final class KeptStream extends InputStream {
    private final BytesMessage message;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    KeptStream(BytesMessage message) {
      this.message = message;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      try {
        byte[] part = offset == 0 ? bytes : new byte[length];
        int read = message.readBytes(part, length);
        if (read <= 0) {
          return -1;
        }
        if (part != bytes) {
          System.arraycopy(part, 0, bytes, offset, read);
        }
        kept.write(bytes, offset, Math.min(read, SHOWN + 1 - kept.size()));
        return read;
      } catch (JMSException e) {
        throw new IOException("the broker did not hand over the whole message", e);
      }
    }

    byte[] shown() throws IOException {
      byte[] rest = new byte[8192];
      while (kept.size() <= SHOWN && read(rest, 0, rest.length) >= 0) {
        Arrays.fill(rest, (byte) 0);
      }
      return kept.toByteArray();
    }
  }
}
