package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authenticated connection to the SMTP server of an account (RFC 5321). Borrowed from {@link
 * SmtpConnections} by one thread at a time, which must not keep or close it.
 */
public final class SmtpConnection {
  private static final Logger log = LoggerFactory.getLogger(SmtpConnection.class);
  private static final Duration ALIVE_WITHIN = Duration.ofSeconds(10);
  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(5);

  /** A mail that can be written. */
  @FunctionalInterface
  public interface Content {
    /** Writes the mail; lines may end in any way. */
    void writeTo(OutputStream out) throws IOException, MessagingException;
  }

  private final SmtpChannel channel;
  private final SmtpExtensions extensions;
  private final Timeouts timeouts;
  private final Redaction redaction;
  private final Instant openedAt;
  private boolean usable = true;
  private boolean inStep = true;
  private int mails;
  private Instant usedAt;

  SmtpConnection(
      SmtpChannel channel,
      SmtpExtensions extensions,
      Timeouts timeouts,
      Redaction redaction,
      Instant openedAt) {
    this.channel = channel;
    this.extensions = extensions;
    this.timeouts = timeouts;
    this.redaction = redaction;
    this.openedAt = openedAt;
    this.usedAt = openedAt;
  }

  /**
   * Sends a mail in one transaction. Refusals and a lost connection are part of the result.
   *
   * @param mail is streamed; if it fails midway, the connection is cut before its end
   * @throws MessagingException if the mail cannot be read
   */
  public SmtpDialogue deliver(Envelope envelope, Content mail) throws MessagingException {
    mails++;
    SmtpTransaction transaction =
        new SmtpTransaction(channel, timeouts, redaction, envelope, supports("PIPELINING"));
    // If the mail cannot be read.
    usable = false;
    inStep = false;
    SmtpDialogue dialogue = transaction.run(mail);
    usable = transaction.isUsable();
    inStep = transaction.isInStep();
    return dialogue;
  }

  /** Whether the server offers an extension, such as DSN. */
  public boolean supports(String extension) {
    return extensions.has(extension);
  }

  /** The most bytes that a mail may have (RFC 1870); 0 if the server sets no limit. */
  public long maxSize() {
    return extensions.maxSize();
  }

  /** Whether it carried a mail before, so that the server may have closed it since. */
  public boolean isReused() {
    return mails > 0;
  }

  /** Marks it as not reusable: the server accepts no more mails in this session. */
  public void retire() {
    usable = false;
  }

  Instant openedAt() {
    return openedAt;
  }

  Instant usedAt() {
    return usedAt;
  }

  /** Returns the buffers until the next use. */
  void rest(Instant at) {
    usedAt = at;
    channel.rest();
  }

  int mails() {
    return mails;
  }

  /** Whether it can be reused, as far as known without asking the server. */
  boolean isUsable() {
    return usable;
  }

  /** Sets the deadline of all further commands. */
  void deadline(Deadline until) {
    channel.deadline(until);
  }

  /** The reply to NOOP; null if the connection is lost. */
  @Nullable SmtpReply noop() {
    deadline(Deadline.in(ALIVE_WITHIN));
    try {
      return channel.send("NOOP", timeouts.read());
    } catch (IOException e) {
      log.debug("An SMTP connection does not answer NOOP: {}", e.getMessage());
      usable = false;
      inStep = false;
      return null;
    }
  }

  /** Whether the server replies to NOOP. */
  boolean answersNoop() {
    SmtpReply reply = usable ? noop() : null;
    return reply != null && reply.isPositive();
  }

  /** Sends QUIT if the session allows it, and closes without waiting for the reply. */
  void close() {
    deadline(Deadline.in(CLOSED_WITHIN));
    try {
      if (inStep) {
        channel.add("QUIT");
        channel.flush();
        channel.wire().endTls();
      }
    } catch (IOException e) {
      log.debug("An SMTP connection was closed without QUIT: {}", e.getMessage());
    } finally {
      inStep = false;
      usable = false;
      channel.close();
    }
  }

  @Override
  public String toString() {
    return "SMTP connection";
  }
}
