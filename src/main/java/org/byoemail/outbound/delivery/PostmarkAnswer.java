package org.byoemail.outbound.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.outbound.delivery.AttemptOutcome.Accepted;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.AttemptOutcome.Trouble;
import org.byoemail.outbound.delivery.AttemptOutcome.Unknown;
import org.jspecify.annotations.Nullable;

/**
 * A response of Postmark, classified (https://postmarkapp.com/developer/api/overview). An
 * unrecognised response is never permanent.
 *
 * @param status of HTTP
 * @param errorCode its own; 0 where all is well
 * @param words its own
 * @param messageId its id of the message; empty if it took none
 * @param retryAfter how long it asks to be left alone, bounded; null: it does not say
 */
record PostmarkAnswer(
    int status, int errorCode, String words, String messageId, @Nullable Duration retryAfter) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_WORDS_LENGTH = 500;

  /** The mail itself is refused: invalid, or with a forbidden kind of file. */
  private static final Set<Integer> OF_THE_MAIL = Set.of(300, 411);

  private static final int INACTIVE = 406;

  /** The Message-ID that Postmark gives the message of that id, unless it keeps the sender's. */
  static MessageId messageId(String id) {
    return new MessageId(id + "@mtasv.net");
  }

  /**
   * Reads an answer, which may be any text.
   *
   * @param retryAfter what its header states
   */
  static PostmarkAnswer of(int status, String body, @Nullable Duration retryAfter) {
    try {
      JsonNode json = JSON.readTree(body);
      if (json != null && json.isObject()) {
        return new PostmarkAnswer(
            status,
            json.path("ErrorCode").asInt(0),
            json.path("Message").asText(""),
            json.path("MessageID").asText(""),
            retryAfter);
      }
    } catch (JsonProcessingException e) {
      // Not in its own words: the status alone counts.
    }
    return new PostmarkAnswer(status, 0, "", "", retryAfter);
  }

  /** Notes the outcome of each recipient in the mail, and the ids that it has got. */
  void noteIn(OutgoingMail mail, List<EmailAddress> recipients) {
    AttemptOutcome outcome = outcome();
    for (EmailAddress recipient : recipients) {
      mail.outcome(recipient, isLeftOut(outcome, recipient) ? inactive() : outcome);
    }
    if (outcome instanceof Accepted && messageId.matches("[0-9A-Za-z-]{1,100}")) {
      mail.learn(messageId(messageId));
    }
  }

  /** Why Postmark did not accept the mail; null if it did. */
  @Nullable String refusal() {
    return outcome() instanceof Accepted ? null : replyText();
  }

  private AttemptOutcome outcome() {
    return switch (status) {
      case 200 -> errorCode == 0 ? new Accepted(replyText(), null) : ofError();
      case 401, 403, 404, 429, 503 -> transport();
      case 413 -> new Rejected(replyText(), "5.3.4");
      case 422 -> ofError();
      // It may have been taken before the answer went wrong.
      case 500, 502, 504 -> new Unknown(replyText(), code());
      default -> deferred(Trouble.MESSAGE);
    };
  }

  private AttemptOutcome ofError() {
    if (errorCode == INACTIVE) {
      return inactive();
    }
    if (OF_THE_MAIL.contains(errorCode)) {
      return new Rejected(replyText(), code());
    }
    // Token, sender signature, credits, approval, stream: the platform's, whatever the mail.
    return errorCode == 10 || errorCode >= 400 && errorCode < 420 || errorCode >= 1200
        ? transport()
        : deferred(Trouble.MESSAGE);
  }

  private Deferred transport() {
    return deferred(Trouble.ACCOUNT);
  }

  private Deferred deferred(Trouble trouble) {
    return new Deferred(replyText(), code(), trouble, false, retryAfter);
  }

  private Rejected inactive() {
    return new Rejected(replyText(), "5.1.1");
  }

  // Postmark omits recipients that bounced before, and names them.
  private boolean isLeftOut(AttemptOutcome outcome, EmailAddress recipient) {
    String lower = words.toLowerCase(Locale.ROOT);
    return outcome instanceof Accepted
        && lower.contains("inactive")
        && List.of(lower.split("[\\s,;:<>]+")).stream()
            .map(word -> word.replaceAll("\\.$", ""))
            .anyMatch(recipient.value()::equals);
  }

  private String code() {
    return "postmark_" + (errorCode == 0 ? status : errorCode);
  }

  private String replyText() {
    String line = words.replaceAll("\\p{Cntrl}+", " ").strip();
    String cut =
        line.length() > MAX_WORDS_LENGTH ? line.substring(0, MAX_WORDS_LENGTH) + "..." : line;
    return "Postmark: "
        + status
        + (errorCode == 0 ? "" : " (" + errorCode + ")")
        + (cut.isEmpty() ? "" : " " + cut)
        + (messageId.isEmpty() || messageId.length() > 100 ? "" : " [" + messageId + "]");
  }
}
