package org.byoemail.account.connection;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the SMTP server of an account. It follows the stages of the protocol, because the
 * stage decides whose trouble a refusal is, and keeps the answer to each recipient. Lent by {@link
 * SmtpConnections} to one thread at a time and not to be kept, closed or connected by it.
 */
public final class SmtpConnection extends SmtpExchange {
  private static final Duration ALIVE_WITHIN = Duration.ofSeconds(10);
  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(5);
  private static final Pattern SIZE = Pattern.compile("\\d{1,18}");

  private final boolean startTls;
  private final Instant openedAt;
  private boolean secured;
  private boolean internationalized;
  private int mails;
  private Instant usedAt;

  SmtpConnection(
      Session session, SmtpWire wire, Redaction redaction, boolean startTls, Instant openedAt) {
    super(session, wire, redaction);
    this.startTls = startTls;
    this.openedAt = openedAt;
    this.usedAt = openedAt;
  }

  /**
   * Sends a mail in one transaction. Refusals and a lost connection are part of the answer.
   *
   * @throws MessagingException where the mail could not be read or written down: trouble of ours
   */
  public synchronized SmtpDialogue deliver(MimeMessage mail, List<? extends Address> recipients)
      throws MessagingException {
    mails++;
    begin(supports("PIPELINING"), recipients.size());
    internationalized = SmtpUtf8Addresses.isNeeded(mail, recipients);
    try {
      sendMessage(mail, recipients.toArray(Address[]::new));
      return new SmtpDialogue(stage, reply, recipientReplies, null);
    } catch (MessagingException | RuntimeException e) {
      // Angus also throws where some recipients were refused and the mail was taken for the others.
      if (reply != null && (stage != Stage.DATA || reply.code() != 354)) {
        return new SmtpDialogue(stage, reply, recipientReplies, null);
      }
      if (!usable) {
        return new SmtpDialogue(stage, null, recipientReplies, redaction.lost(e));
      }
      usable = false;
      throw e;
    } finally {
      end();
    }
  }

  /** Whether the server offers an extension, such as DSN. */
  public boolean supports(String extension) {
    return super.supportsExtension(extension);
  }

  /**
   * What Angus makes use of. It would announce SMTPUTF8 for every mail, and a further server that
   * does not offer it would have to return them all.
   */
  @Override
  public boolean supportsExtension(String extension) {
    return supports(extension)
        && (internationalized || !extension.equals(SmtpUtf8Addresses.EXTENSION));
  }

  /** The most bytes that a mail may have (RFC 1870); 0 where the server sets no limit. */
  public long maxSize() {
    String most = getExtensionParameter("SIZE");
    return most != null && SIZE.matcher(most.strip()).matches() ? Long.parseLong(most.strip()) : 0;
  }

  /** Whether it carried a mail before, so that the server may have given it up since. */
  public synchronized boolean isReused() {
    return mails > 0;
  }

  /** Is given to nobody after this: the server takes no more mails by it. */
  public synchronized void retire() {
    usable = false;
  }

  /** How far the conversation came. */
  synchronized Stage stage() {
    return stage;
  }

  /** The answer to the last command; null where there was none. */
  synchronized @Nullable SmtpReply lastReply() {
    return reply;
  }

  Instant openedAt() {
    return openedAt;
  }

  synchronized Instant usedAt() {
    return usedAt;
  }

  synchronized void used(Instant at) {
    usedAt = at;
  }

  synchronized int mails() {
    return mails;
  }

  /** Whether nothing has shown yet that the connection is gone; asks nobody. */
  synchronized boolean isUsable() {
    return usable;
  }

  /** By when all that is said from now on must be over. */
  void deadline(Deadline until) {
    wire.deadline(until);
  }

  /** Says goodbye, unless that takes long. */
  void leave() throws MessagingException {
    deadline(Deadline.in(CLOSED_WITHIN));
    close();
  }

  /** Asks the server whether it still listens. */
  synchronized boolean answersNoop() {
    try {
      deadline(Deadline.in(ALIVE_WITHIN));
      return usable && simpleCommand("NOOP") / 100 == 2;
    } catch (MessagingException e) {
      // Said by usable, which is false now.
      return false;
    }
  }

  @Override
  protected boolean ehlo(String domain) throws MessagingException {
    stage = Stage.EHLO;
    boolean known = super.ehlo(domain);
    if (!known && (secured || !usable)) {
      // RFC 3207 section 4.2: what was learnt before TLS is forgotten. Elsewhere Angus goes on with
      // HELO, which is of no use where the server says that it closes.
      throw new MessagingException("EHLO was refused");
    }
    if (known) {
      stage = startTls && !secured ? Stage.STARTTLS : Stage.AUTH;
    }
    return known;
  }

  @Override
  protected void helo(String domain) throws MessagingException {
    super.helo(domain);
    stage = startTls ? Stage.STARTTLS : Stage.AUTH;
  }

  @Override
  protected void startTLS() throws MessagingException {
    if (!startTls) {
      // Angus would begin TLS by itself when AUTH is answered with 530.
      throw new MessagingException("the server asks for TLS first");
    }
    super.startTLS();
    secured = true;
  }

  @Override
  protected void rcptTo() throws MessagingException {
    beginRecipients();
    super.rcptTo();
  }

  @Override
  protected OutputStream data() throws MessagingException {
    stage = Stage.DATA;
    return new FailureTrackingStream(super.data(), () -> usable = false);
  }

  @Override
  protected void finishData() throws IOException, MessagingException {
    stage = Stage.END_OF_DATA;
    reply = null;
    try {
      wire.expectAnswerToMail();
      super.finishData();
      wire.expectAnswerToCommand();
    } catch (IOException e) {
      usable = false;
      throw e;
    }
  }

  @Override
  public String toString() {
    return "SMTP connection";
  }
}
