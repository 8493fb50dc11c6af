package org.byoemail.outbound;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.byoemail.connection.ConnectionFailed;
import org.byoemail.connection.SmtpDialogue;
import org.byoemail.connection.SmtpReply;
import org.byoemail.connection.Stage;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.EnhancedStatus;
import org.byoemail.outbound.AttemptOutcome.Accepted;
import org.byoemail.outbound.AttemptOutcome.Deferred;
import org.byoemail.outbound.AttemptOutcome.Rejected;
import org.byoemail.outbound.AttemptOutcome.Trouble;
import org.byoemail.outbound.AttemptOutcome.Unknown;
import org.jspecify.annotations.Nullable;

/**
 * The one place that judges what a server said. The stage decides whose trouble a refusal is; what
 * is not recognised is never permanent.
 */
final class OutcomeClassifier {
  private static final String LOST = "connection_lost";

  /** RFC 4954 section 6: the server wants another sign-in before it takes any mail. */
  private static final List<Integer> SIGN_IN = List.of(530, 534, 535, 538);

  /** Refusals of the sender or the client, which many servers say only at RCPT TO or later. */
  private static final Pattern OF_THE_ACCOUNT =
      Pattern.compile(
          "sender address rejected: not (owned|logged)|client host rejected|authentication required"
              // Gmail: https://support.google.com/a/answer/3221692; Microsoft 365: sending limits.
              + "|5\\.4\\.5 .*(limit|quota)|daily (user )?sending (limit|quota)"
              + "|reached your (daily )?limit|5\\.2\\.0 .*outboundspam|5\\.7\\.70[58]|submission quota"
              + "|sender thread limit|message rate limit|too many messages|4\\.7\\.500",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern GREYLISTED =
      Pattern.compile("gr[ea]y.?list|try again (later|in )|4\\.7\\.1 .*(deferred|temporar)");

  private OutcomeClassifier() {}

  /** The outcome for all, where no connection came about. */
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

  private static AttemptOutcome ofRecipient(SmtpReply reply, boolean atRecipient) {
    if (isOfTheAccount(reply)) {
      return deferred(reply, Trouble.ACCOUNT);
    }
    // RFC 5321 section 4.5.3.1.10: 552 in answer to too many recipients is meant as 452.
    boolean tooMany =
        reply.code() == 552 && reply.text().toLowerCase(Locale.ROOT).contains("too many recip");
    return reply.isPermanent() && !tooMany
        ? new Rejected(reply.text(), code(reply), atRecipient)
        : deferred(reply, Trouble.MESSAGE);
  }

  /** What became of the mail itself, for whoever was not refused at RCPT TO. */
  private static AttemptOutcome ofMail(SmtpDialogue dialogue) {
    SmtpReply reply = dialogue.reply();
    return switch (dialogue.stage()) {
      case END_OF_DATA -> atEnd(dialogue, reply);
      case DATA -> reply == null ? lost(dialogue, Trouble.MESSAGE) : ofRecipient(reply, false);
      // Ended there: refused for the others, or lost. Nobody was told anything about this one.
      case RCPT_TO ->
          reply != null && isOfTheAccount(reply)
              ? deferred(reply, Trouble.ACCOUNT)
              : lost(dialogue, Trouble.MESSAGE);
      default -> reply == null ? lost(dialogue, Trouble.ACCOUNT) : deferred(reply, Trouble.ACCOUNT);
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

  private static Deferred deferred(SmtpReply reply, Trouble trouble) {
    boolean greylisted =
        reply.isTransient() && GREYLISTED.matcher(reply.text().toLowerCase(Locale.ROOT)).find();
    return new Deferred(reply.text(), code(reply), trouble, greylisted);
  }

  private static boolean isOfTheAccount(SmtpReply reply) {
    return SIGN_IN.contains(reply.code()) || OF_THE_ACCOUNT.matcher(reply.text()).find();
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
