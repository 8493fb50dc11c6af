package org.byoemail.outbound.bounce;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.Complaint;
import org.byoemail.format.report.MailKind;
import org.byoemail.format.report.ReportAction;
import org.byoemail.format.report.ReportStrength;
import org.byoemail.format.report.ReportedRecipient;
import org.byoemail.outbound.delivery.PostmarkMail;
import org.jspecify.annotations.Nullable;

/**
 * What Postmark posts of one recipient (https://postmarkapp.com/developer/webhooks/bounce-webhook,
 * and its delivery and spam complaint webhooks).
 *
 * @param id the same whenever Postmark repeats it
 * @param attempt as the gateway named it when the mail was sent; null if it is missing
 * @param postmarkId Postmark's MessageID; null if it is missing
 */
record PostmarkReport(
    String id,
    @Nullable AttemptId attempt,
    @Nullable String postmarkId,
    Classification classification) {
  private static final String RULE = "postmark";
  private static final int MAX_DEPTH = 20;
  private static final int MAX_DIAGNOSTIC = 4000;
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .build();

  /**
   * Reads what Postmark posted.
   *
   * @return empty if it reports nothing about a delivery, such as an opened mail
   * @throws IllegalArgumentException if it is not what Postmark posts; names the field
   */
  static Optional<PostmarkReport> read(byte[] body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the body is not JSON", e);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    if (json == null || !json.isObject()) {
      throw new IllegalArgumentException("the body must be a JSON object");
    }
    return switch (text(json, "RecordType")) {
      case "Bounce" -> bounce(json);
      case "SpamComplaint" -> Optional.of(complaint(json));
      case "Delivery" -> Optional.of(delivery(json));
      default -> Optional.empty();
    };
  }

  private static Optional<PostmarkReport> bounce(JsonNode json) {
    return switch (text(json, "Type")) {
      // Postmark's own words: the address does not exist, or takes no mail.
      case "HardBounce", "BadEmailAddress" ->
          Optional.of(failure(json, ReportAction.FAILED, ReportStrength.STRUCTURED));
      case "Transient" ->
          Optional.of(failure(json, ReportAction.DELAYED, ReportStrength.STRUCTURED));
      case "SpamComplaint" -> Optional.of(complaint(json));
      // Of the mail, its sender or the moment rather than of the address: nobody is suppressed.
      case "SoftBounce",
          "DnsError",
          "SpamNotification",
          "VirusNotification",
          "Blocked",
          "DMARCPolicy",
          "SMTPApiError",
          "TemplateRenderingFailed",
          "Unknown" ->
          Optional.of(failure(json, ReportAction.FAILED, ReportStrength.FREE_TEXT));
      // An automatic answer, a challenge, a change of address or a subscription.
      default -> Optional.empty();
    };
  }

  private static PostmarkReport failure(
      JsonNode json, ReportAction action, ReportStrength strength) {
    String details = text(json, "Details");
    String diagnostic = details.isBlank() ? text(json, "Description") : details;
    return of(
        json,
        "bounce:" + json.path("ID").asText(),
        action == ReportAction.DELAYED ? MailKind.DELAYED : MailKind.FAILED,
        strength,
        List.of(ReportedRecipient.of(address(json, "Email"), action, diagnostic)),
        Optional.empty());
  }

  private static PostmarkReport complaint(JsonNode json) {
    return of(
        json,
        "complaint:" + json.path("ID").asText(),
        MailKind.ARF,
        ReportStrength.STRUCTURED,
        List.of(),
        Optional.of(new Complaint("abuse", List.of(address(json, "Email")))));
  }

  private static PostmarkReport delivery(JsonNode json) {
    EmailAddress recipient = address(json, "Recipient");
    return of(
        json,
        "delivery:" + text(json, "MessageID") + ":" + recipient.value(),
        MailKind.SUCCESS,
        ReportStrength.STRUCTURED,
        List.of(ReportedRecipient.of(recipient, ReportAction.DELIVERED, text(json, "Details"))),
        Optional.empty());
  }

  private static PostmarkReport of(
      JsonNode json,
      String id,
      MailKind kind,
      ReportStrength strength,
      List<ReportedRecipient> recipients,
      Optional<Complaint> complaint) {
    if (id.endsWith(":")) {
      throw new IllegalArgumentException("ID is missing");
    }
    String postmarkId = text(json, "MessageID");
    return new PostmarkReport(
        id,
        AttemptId.find(json.path("Metadata").path(PostmarkMail.ATTEMPT).asText("")).orElse(null),
        postmarkId.matches("[0-9A-Za-z-]{1,100}") ? postmarkId : null,
        Classification.byProvider(kind, strength, RULE, recipients, complaint));
  }

  private static String text(JsonNode json, String field) {
    String text = json.path(field).asText("");
    return text.length() > MAX_DIAGNOSTIC ? text.substring(0, MAX_DIAGNOSTIC) : text;
  }

  private static EmailAddress address(JsonNode json, String field) {
    try {
      return EmailAddress.parse(text(json, field));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + " must be an email address", e);
    }
  }
}
