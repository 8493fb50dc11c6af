package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.SmtpDialogue;
import org.byoemail.account.connection.SmtpReply;
import org.byoemail.account.connection.Stage;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.outbound.delivery.AttemptOutcome.Accepted;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.AttemptOutcome.Trouble;
import org.byoemail.outbound.delivery.AttemptOutcome.Unknown;
import org.jspecify.annotations.Nullable;

/**
 * Classifies the replies of servers. The stage decides whose fault a refusal is; an unrecognised
 * reply is never permanent.
 */
final class OutcomeClassifier {
  private static final String LOST = "connection_lost";
  private static final String CLOSING = "421";

  /** Greylisting replies say so, or only ask to try again. */
  private static final Pattern GREYLISTED =
      Pattern.compile("gr[ea]y.?list|try again (later|in )|4\\.7\\.1 .*(deferred|temporar)");

  private static final Pattern TOO_MANY = Pattern.compile("too many rec|4\\.5\\.3|5\\.5\\.3");

  /**
   * RFC 1870 section 6, RFC 3463 (5.2.3, 5.3.4), RFC 6531 (5.6.7): about this mail, not its sender.
   */
  private static final Pattern OF_THE_MAIL = Pattern.compile("\\b5\\.(3\\.4|2\\.3|6\\.7)\\b");

  private static final int TOO_LARGE = 552;
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private OutcomeClassifier() {}

  /** The outcome for all recipients if no connection could be made. */
  static Deferred of(ConnectionFailed failure) {
    String words = String.valueOf(failure.getMessage());
    return new Deferred(
        words,
        code(words, failure.stage().name().toLowerCase(Locale.ROOT)),
        Trouble.ACCOUNT,
        false);
  }

  /**
   * The outcome for each recipient of a mail transaction.
   *
   * @param recipients in the order they were sent in
   */
  static Map<EmailAddress, AttemptOutcome> of(
      SmtpDialogue dialogue, List<EmailAddress> recipients) {
    Map<EmailAddress, AttemptOutcome> outcomes = new LinkedHashMap<>();
    AttemptOutcome rest = ofMail(dialogue);
    for (int i = 0; i < recipients.size(); i++) {
      SmtpReply own = i < dialogue.recipients().size() ? dialogue.recipients().get(i) : null;
      outcomes.put(
          recipients.get(i), own == null || own.isPositive() ? rest : ofRecipient(own, true));
    }
    return outcomes;
  }

  /**
   * Whether only the connection failed, not the mail: the server had closed it, or accepts no more
   * mails in this session.
   */
  static boolean needsNewConnection(SmtpDialogue dialogue) {
    SmtpReply reply = dialogue.reply();
    return dialogue.isClosedBeforeMail() || reply != null && isSessionFull(reply);
  }

  /** Whether the server takes no more mails by this connection, though by another. */
  static boolean isSessionFull(SmtpDialogue dialogue) {
    return dialogue.reply() != null && isSessionFull(dialogue.reply())
        || dialogue.recipients().stream().anyMatch(OutcomeClassifier::isSessionFull);
  }

  private static boolean isSessionFull(SmtpReply reply) {
    return AccountRefusals.of(reply).filter(AccountRefusals.Refusal::ofSession).isPresent();
  }

  /** Whether the connection broke, or the server closed it (421), during this mail. */
  static boolean isBroken(AttemptOutcome outcome) {
    return LOST.equals(outcome.code()) || outcome.words().startsWith(CLOSING);
  }

  private static AttemptOutcome ofRecipient(SmtpReply reply, boolean atRecipient) {
    Optional<AccountRefusals.Refusal> ofAccount = AccountRefusals.of(reply);
    if (ofAccount.isPresent()) {
      return ofAccount(reply, ofAccount.get().pause());
    }
    String text = reply.text().toLowerCase(Locale.ROOT);
    // RFC 5321 section 4.5.3.1.10: 552 in answer to too many recipients is meant as 452.
    boolean tooMany = atRecipient && TOO_MANY.matcher(text).find();
    if (tooMany && (reply.isTransient() || reply.code() == TOO_LARGE)) {
      return new Deferred(reply.text(), code(reply), Trouble.MESSAGE, false, AT_ONCE);
    }
    if (reply.isPermanent()) {
      return new Rejected(reply.text(), code(reply), atRecipient);
    }
    boolean greylisted = reply.isTransient() && GREYLISTED.matcher(text).find();
    Duration stated = reply.isTransient() ? AccountRefusals.stated(text).orElse(null) : null;
    return new Deferred(reply.text(), code(reply), Trouble.MESSAGE, greylisted, stated);
  }

  private static Deferred ofAccount(SmtpReply reply, @Nullable Duration pause) {
    return new Deferred(reply.text(), code(reply), Trouble.ACCOUNT, false, pause);
  }

  /** The outcome of the mail itself, for each recipient not refused at RCPT TO. */
  private static AttemptOutcome ofMail(SmtpDialogue dialogue) {
    SmtpReply reply = dialogue.reply();
    return switch (dialogue.stage()) {
      case END_OF_DATA -> atEnd(dialogue, reply);
      case DATA -> reply == null ? lost(dialogue, Trouble.MESSAGE) : ofRecipient(reply, false);
      // The transaction ended before this recipient.
      case RCPT_TO ->
          reply == null
              ? lost(dialogue, Trouble.MESSAGE)
              : AccountRefusals.of(reply)
                  .<AttemptOutcome>map(refusal -> ofAccount(reply, refusal.pause()))
                  .orElseGet(() -> lost(dialogue, Trouble.MESSAGE));
      default -> reply == null ? lost(dialogue, Trouble.ACCOUNT) : beforeRecipients(reply);
    };
  }

  private static AttemptOutcome atEnd(SmtpDialogue dialogue, @Nullable SmtpReply reply) {
    if (reply == null) {
      return new Unknown(
          dialogue.trouble() == null ? "no answer to the mail" : dialogue.trouble(), LOST);
    }
    if (reply.isPositive()) {
      return new Accepted(reply.text(), code(reply));
    }
    return reply.isPermanent() || reply.isTransient()
        ? ofRecipient(reply, false)
        : new Unknown(reply.text(), code(reply));
  }

  private static Deferred lost(SmtpDialogue dialogue, Trouble trouble) {
    String words = dialogue.trouble() == null ? "the mail was not offered" : dialogue.trouble();
    return new Deferred(words + " (" + word(dialogue.stage()) + ")", LOST, trouble, false);
  }

  /** Refused at MAIL FROM: the account's, unless the server speaks of this mail. */
  private static AttemptOutcome beforeRecipients(SmtpReply reply) {
    Optional<AccountRefusals.Refusal> ofAccount = AccountRefusals.atMailFrom(reply);
    if (ofAccount.isEmpty()
        && reply.isPermanent()
        && (reply.code() == TOO_LARGE || OF_THE_MAIL.matcher(reply.text()).find())) {
      return new Rejected(reply.text(), code(reply));
    }
    return ofAccount(reply, ofAccount.map(AccountRefusals.Refusal::pause).orElse(null));
  }

  private static String code(SmtpReply reply) {
    return code(reply.text(), String.valueOf(reply.code()));
  }

  private static String code(String text, String otherwise) {
    return EnhancedStatus.find(text).map(EnhancedStatus::toString).orElse(otherwise);
  }

  private static String word(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
