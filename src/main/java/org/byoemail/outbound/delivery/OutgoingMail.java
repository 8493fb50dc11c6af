package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.account.connection.SmtpUtf8Addresses;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.format.mail.AddressText;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.composition.Composer;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.trace.LogContext;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to send a message: the mail itself with its transport, its envelope, and the
 * outcomes, because {@code JavaMailSender.send} returns nothing. Belongs to one exchange at a time.
 */
public final class OutgoingMail extends MimeMessage {
  /** How a mail leaves. */
  public enum Transport {
    /** The SMTP server of its account. */
    SMTP,
    /** Postmark's HTTP API, of the platform. */
    POSTMARK,
    /** The SMTP relay of the platform. */
    RELAY,
    /** None: sending is simulated. */
    SIMULATED,
    /** None: there is nothing to send, or no transport is configured. */
    NONE;

    /** The word that routes choose by, and of the database. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * The transport of that word.
     *
     * @throws IllegalArgumentException if there is no such transport
     */
    static Transport of(String word) {
      return valueOf(word.toUpperCase(java.util.Locale.ROOT));
    }

    /** Whether a server takes the mail, so that the outcome can be unknown. */
    boolean isReal() {
      return this == SMTP || this == POSTMARK || this == RELAY;
    }
  }

  private final Claim claim;
  private final Message outline;
  private Message message;
  private final @Nullable Account account;
  private Transport transport;
  private @Nullable TraceParent trace;
  private final boolean successReport;
  private final List<EmailAddress> envelope;
  private final List<Attachment> files;
  private final Map<EmailAddress, AttemptOutcome> outcomes = new LinkedHashMap<>();
  private boolean recorded;
  private final List<MessageId> learnt = new ArrayList<>();
  private @Nullable SentMailDigest sent;
  private @Nullable String kept;

  /**
   * @param message without its bodies if they are long: {@link #complete} brings them
   * @param account the account that it leaves by, or the relay; null if it leaves by neither
   * @param envelope the recipients to send to; others may already have an outcome
   * @param files what is attached to it
   * @param successReport whether servers are asked to report the delivery
   */
  OutgoingMail(
      Claim claim,
      Message message,
      @Nullable Account account,
      Transport transport,
      List<EmailAddress> envelope,
      List<Attachment> files,
      boolean successReport) {
    super(session(message));
    this.claim = claim;
    this.outline = message;
    this.message = message;
    this.account = account;
    this.transport = transport;
    this.envelope = List.copyOf(envelope);
    this.files = List.copyOf(files);
    this.successReport = successReport;
  }

  private static @Nullable Session session(Message message) {
    return Composer.isInternational(message) ? SmtpUtf8Addresses.mailSession() : null;
  }

  /** The span that its next step belongs to; null if absent. */
  @Nullable TraceParent trace() {
    return trace;
  }

  void trace(@Nullable TraceParent span) {
    trace = span;
  }

  /** Has the lines that this thread logs name it. */
  LogContext inLogs() {
    return claim.inLogs(trace);
  }

  Claim claim() {
    return claim;
  }

  Message message() {
    return message;
  }

  /** Takes the message with all of its bodies, to be composed. */
  void complete(Message whole) {
    message = whole;
  }

  /** Has the kept bytes sent that a person approved, instead of composing it. */
  void sendKept(String sha256) {
    kept = sha256;
  }

  /** The kept bytes to be sent; null: it is composed. */
  @Nullable String kept() {
    return kept;
  }

  /** Takes header and body as they are: neither is encoded again when it is written. */
  void read(InputStream bytes) throws MessagingException {
    parse(bytes);
    saved = true;
  }

  /** Forgets the bodies: the mail is not sent again. */
  void forgetBodies() {
    message = outline;
    content = null;
    dh = null;
  }

  List<Attachment> files() {
    return files;
  }

  /**
   * What routes choose by: {@code smtp}, {@code postmark}, {@code relay}, {@code simulated} or
   * {@code none}.
   */
  public String getTransport() {
    return transport.word();
  }

  Transport leavesBy() {
    return transport;
  }

  /** The id of the message, for logs and spans. */
  public StoredMessageId messageId() {
    return message.id();
  }

  /** The attempt, in the form of an envelope id (RFC 3461 section 4.4). */
  public String envelopeId() {
    return claim.attempt().toString();
  }

  /**
   * The account that it leaves by.
   *
   * @throws IllegalStateException if it leaves by no account
   */
  public Account account() {
    if (account == null) {
      throw new IllegalStateException("message " + message.id() + " leaves by no account");
    }
    return account;
  }

  /** The recipients that it is sent to. */
  public List<EmailAddress> envelope() {
    return envelope;
  }

  /** The recipients that only a server with SMTPUTF8 (RFC 6531) can take it for. */
  List<EmailAddress> needingUtf8() {
    return Composer.isInternational(message)
        ? envelope
        : envelope.stream().filter(r -> AddressText.isInternational(r.value())).toList();
  }

  /** The number of recipients in To, for spans. */
  public int toCount() {
    return message.to().size();
  }

  /** The number of recipients in Cc, for spans. */
  public int ccCount() {
    return message.cc().size();
  }

  /** Whether servers are asked to report the delivery. */
  public boolean wantsSuccessReport() {
    return successReport;
  }

  /** Records the outcome for one recipient. */
  public void outcome(EmailAddress recipient, AttemptOutcome outcome) {
    outcomes.put(recipient, outcome);
  }

  /** Records the same outcome for every recipient of the envelope. */
  public void outcomeForAll(AttemptOutcome outcome) {
    envelope.forEach(recipient -> outcomes.put(recipient, outcome));
  }

  /** Prevents the mail from being sent: each recipient of the envelope gets the outcome. */
  void refuse(AttemptOutcome outcome) {
    outcomeForAll(outcome);
    transport = Transport.NONE;
  }

  /** Notes the octets that a server got. */
  void sent(SentMailDigest octets) {
    sent = octets;
  }

  /** How it leaves, or left. */
  FinishedAttempt.SentVia way() {
    ServerSettings server =
        account == null || transport != Transport.SMTP && transport != Transport.RELAY
            ? null
            : account.server(Protocol.SMTP);
    return new FinishedAttempt.SentVia(
        transport.word(), server == null ? null : server.host() + ":" + server.port(), sent);
  }

  /** Records a Message-ID that a server assigned. */
  void learn(MessageId id) {
    learnt.add(id);
  }

  /** The further Message-IDs that servers assigned. */
  List<MessageId> learnt() {
    return List.copyOf(learnt);
  }

  /** Such as {@code accepted}. */
  static String word(AttemptOutcome outcome) {
    return outcome.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  /** Notes that the result was committed. */
  void recorded() {
    recorded = true;
  }

  /** Whether the result was committed. */
  boolean isRecorded() {
    return recorded;
  }

  /** One word for its outcomes, for spans and metrics. */
  String outcomeWord() {
    return outcomes.values().stream()
        .map(OutgoingMail::word)
        .distinct()
        .sorted()
        .reduce((one, other) -> "mixed")
        .orElse("none");
  }

  /** The outcomes that are known. */
  public Map<EmailAddress, AttemptOutcome> outcomes() {
    return Map.copyOf(outcomes);
  }

  /** Whether there is an outcome for every recipient of the envelope. */
  boolean isDecided() {
    return outcomes.keySet().containsAll(envelope);
  }

  /** The same over all attempts: reports and replies refer to it. */
  @Override
  protected void updateMessageID() throws MessagingException {
    if (message.messageId() != null) {
      setHeader("Message-ID", message.messageId().inBrackets());
    }
  }

  @Override
  public String toString() {
    return "mail of message " + message.id();
  }
}
