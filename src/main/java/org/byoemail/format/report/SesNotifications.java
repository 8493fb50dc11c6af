package org.byoemail.format.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mime.ParsedMail;

/**
 * Reads the JSON notifications of Amazon SES about bounces, complaints and deliveries that an SNS
 * subscription sends by mail: bare, or as the Message of an SNS notification.
 */
final class SesNotifications implements ReferenceRule {
  private static final int MAX_LENGTH = 256 << 10;
  private static final int MAX_TEXT = 2_000;

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    String whole = mail.programText();
    // Before a copy without blanks is made.
    String text = whole.indexOf('{') < 0 ? "" : whole.strip();
    if (!text.startsWith("{")
        || text.length() > MAX_LENGTH
        || !text.contains("Type\"") && !text.contains("Type\\\"")) {
      return Optional.empty();
    }
    JsonNode notification = json(text);
    if (notification.path("Message").isTextual()) {
      notification = json(notification.path("Message").asText());
    }
    String type =
        notification.path("notificationType").asText(notification.path("eventType").asText(""));
    return switch (type) {
      case "Bounce" -> Optional.of(bounce(notification));
      case "Complaint" -> Optional.of(complaint(notification));
      case "Delivery" -> Optional.of(delivery(notification));
      default -> Optional.empty();
    };
  }

  /** Created on demand: that takes longer than to classify many mails. */
  private static final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();
  }

  /** The first value of the text: SNS appends a footer. */
  private JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text.replace("\n", ""));
    } catch (JsonProcessingException e) {
      return Json.MAPPER.missingNode();
    }
  }

  private static Classification bounce(JsonNode notification) {
    JsonNode bounce = notification.path("bounce");
    List<ReportedRecipient> recipients = new ArrayList<>();
    boolean isTransient = bounce.path("bounceType").asText().equals("Transient");
    for (JsonNode each : bounce.path("bouncedRecipients")) {
      String diagnostic = RecipientFields.withoutType(text(each.path("diagnosticCode")));
      ReportAction action =
          ReportAction.parse(text(each.path("action"))).orElse(ReportAction.FAILED);
      EnhancedStatus status =
          EnhancedStatus.find(text(each.path("status")))
              .orElse(new EnhancedStatus(isTransient ? 4 : 5, 0, 0));
      address(each.path("emailAddress"))
          .ifPresent(
              address ->
                  recipients.add(
                      DiagnosticInterpreter.interpret(action, Optional.of(status), diagnostic)
                          .named(Optional.of(address), Optional.of(address))));
    }
    MailKind kind = recipients.isEmpty() ? MailKind.FAILED : MailKind.of(recipients);
    return classification(kind, recipients, bounce, notification, Optional.empty());
  }

  private static Classification delivery(JsonNode notification) {
    JsonNode delivery = notification.path("delivery");
    ReportedRecipient delivered =
        DiagnosticInterpreter.interpret(
            ReportAction.DELIVERED, Optional.empty(), text(delivery.path("smtpResponse")));
    List<ReportedRecipient> recipients =
        addresses(delivery.path("recipients")).stream()
            .map(address -> delivered.named(Optional.of(address), Optional.of(address)))
            .toList();
    return classification(MailKind.SUCCESS, recipients, delivery, notification, Optional.empty());
  }

  private static Classification complaint(JsonNode notification) {
    JsonNode complaint = notification.path("complaint");
    List<EmailAddress> recipients =
        StreamSupport.stream(complaint.path("complainedRecipients").spliterator(), false)
            .flatMap(each -> address(each.path("emailAddress")).stream())
            .toList();
    String feedback = text(complaint.path("complaintFeedbackType"));
    String type = feedback.isEmpty() ? "abuse" : feedback.toLowerCase(Locale.ROOT);
    return classification(
        MailKind.ARF,
        List.of(),
        complaint,
        notification,
        Optional.of(new Complaint(type, recipients)));
  }

  private static Classification classification(
      MailKind kind,
      List<ReportedRecipient> recipients,
      JsonNode details,
      JsonNode notification,
      Optional<Complaint> complaint) {
    return new Classification(
        kind,
        ReportStrength.STRUCTURED,
        "amazon-ses",
        recipients,
        Optional.of(text(details.path("reportingMTA")))
            .map(RecipientFields::withoutType)
            .filter(mta -> !mta.isEmpty()),
        Optional.empty(),
        original(notification.path("mail")),
        complaint);
  }

  private static OriginalMail original(JsonNode mail) {
    JsonNode headers = mail.path("commonHeaders");
    return new OriginalMail(
        Optional.empty(),
        MessageId.parse(text(headers.path("messageId"))),
        address(mail.path("source")),
        addresses(mail.path("destination")).stream().findFirst(),
        text(headers.path("subject")));
  }

  private static List<EmailAddress> addresses(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .flatMap(each -> address(each).stream())
        .toList();
  }

  private static Optional<EmailAddress> address(JsonNode value) {
    return RecipientFields.address(text(value));
  }

  /** JSON may contain what header fields cannot: NUL, and texts of any length. */
  private static String text(JsonNode value) {
    String clean = value.asText("").replace("\0", "");
    return clean.substring(0, Math.min(clean.length(), MAX_TEXT));
  }
}
