package org.byoemail.command.inspect;

import static org.byoemail.command.inspect.JsonLine.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.byoemail.format.authentication.SenderVerdict;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.html.HiddenText;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedAttachment;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.Complaint;
import org.byoemail.format.report.OriginalMail;
import org.byoemail.format.report.ReportedRecipient;
import org.byoemail.format.screen.Finding;
import org.byoemail.format.screen.MailScreen;
import org.jspecify.annotations.Nullable;

/** Writes the findings of a mail as a line of JSON; unknown values are left out. */
final class MailJson {
  String error(InputMail mail, String error) {
    return JsonLine.of(
        json -> {
          text(json, "file", mail.file());
          text(json, "kind", "error");
          text(json, "error", error);
        });
  }

  String seen(InputMail mail, Classification seen, ParsedMail parsed, SenderVerdict sender) {
    return JsonLine.of(
        json -> {
          text(json, "file", mail.file());
          report(json, seen);
          sender(json, sender);
          json.writeObjectFieldStart("mail");
          mail(json, parsed);
          json.writeEndObject();
        });
  }

  private static void report(JsonGenerator json, Classification seen) throws IOException {
    text(json, "kind", seen.kind().word());
    text(json, "rule", seen.rule());
    text(json, "strength", seen.strength().word());
    JsonLine.texts(json, "recipients", addresses(seen));
    ReportedRecipient telling = telling(seen.recipients());
    if (telling != null) {
      result(json, telling);
    }
    json.writeArrayFieldStart("results");
    for (ReportedRecipient recipient : seen.recipients()) {
      json.writeStartObject();
      text(json, "original", value(recipient.original()));
      text(json, "final", value(recipient.finalRecipient()));
      text(json, "action", recipient.action().word());
      result(json, recipient);
      json.writeEndObject();
    }
    json.writeEndArray();
    Classification presumed = seen.presumed().orElse(null);
    if (presumed != null) {
      json.writeObjectFieldStart("presumed");
      text(json, "kind", presumed.kind().word());
      text(json, "rule", presumed.rule());
      JsonLine.texts(json, "recipients", addresses(presumed));
      json.writeEndObject();
    }
    text(json, "reportingMta", seen.reportingMta().orElse(null));
    text(json, "originalEnvelopeId", seen.originalEnvelopeId().orElse(null));
    original(json, seen.original());
    Complaint complaint = seen.complaint().orElse(null);
    if (complaint != null) {
      text(json, "complaint", complaint.type());
      JsonLine.texts(
          json, "complainants", complaint.recipients().stream().map(EmailAddress::value).toList());
    }
  }

  private static void sender(JsonGenerator json, SenderVerdict verdict) throws IOException {
    json.writeObjectFieldStart("sender");
    text(json, "verdict", verdict.kind().word());
    text(json, "source", verdict.source() == null ? null : verdict.source().word());
    text(json, "reason", verdict.reason());
    json.writeArrayFieldStart("facts");
    for (SenderVerdict.Fact fact : verdict.facts()) {
      json.writeStartObject();
      text(json, "kind", fact.kind());
      text(json, "detail", fact.detail());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static List<String> addresses(Classification seen) {
    Set<String> addresses = new LinkedHashSet<>();
    for (ReportedRecipient recipient : seen.recipients()) {
      recipient
          .finalRecipient()
          .or(recipient::address)
          .ifPresent(address -> addresses.add(address.unquoted()));
    }
    return List.copyOf(addresses);
  }

  /** The recipient that stands for the whole report: the first of whom a status is known. */
  private static @Nullable ReportedRecipient telling(List<ReportedRecipient> recipients) {
    for (ReportedRecipient recipient : recipients) {
      if (recipient.status().isPresent()) {
        return recipient;
      }
    }
    return recipients.isEmpty() ? null : recipients.get(0);
  }

  private static void result(JsonGenerator json, ReportedRecipient recipient) throws IOException {
    text(json, "status", recipient.status().map(Object::toString).orElse(null));
    if (recipient.replyCode().isPresent()) {
      json.writeNumberField("replyCode", recipient.replyCode().getAsInt());
    }
    text(json, "reason", recipient.reason().word());
    json.writeBooleanField("permanent", recipient.isPermanent());
    text(json, "diagnostic", recipient.diagnostic());
  }

  private static void original(JsonGenerator json, OriginalMail original) throws IOException {
    text(json, "attemptId", original.attempt().map(Object::toString).orElse(null));
    id(json, "originalMessageId", original.messageId());
    text(json, "originalFrom", value(original.from()));
    text(json, "originalTo", value(original.to()));
    text(json, "originalSubject", original.subject().isEmpty() ? null : original.subject());
  }

  private static void mail(JsonGenerator json, ParsedMail parsed) throws IOException {
    header(json, parsed.headers());
    text(json, "text", parsed.text());
    text(json, "plainText", parsed.plain().orElse(null));
    String preheader = parsed.body().preheader();
    text(json, "preheader", preheader.isEmpty() ? null : preheader);
    json.writeArrayFieldStart("hiddenText");
    for (HiddenText hidden : parsed.body().hidden()) {
      json.writeStartObject();
      text(json, "source", hidden.source().word());
      text(json, "text", hidden.text());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("findings");
    for (Finding finding : MailScreen.findings(parsed, false)) {
      json.writeStartObject();
      text(json, "kind", finding.kind().word());
      text(json, "severity", finding.severity().word());
      text(json, "evidence", finding.evidence());
      json.writeEndObject();
    }
    json.writeEndArray();
    text(json, "html", parsed.html().orElse(null));
    json.writeArrayFieldStart("attachments");
    for (ParsedAttachment attachment : parsed.attachments()) {
      attachment(json, attachment);
    }
    json.writeEndArray();
    Invitation invitation = parsed.invitation().orElse(null);
    if (invitation != null) {
      invitation(json, invitation);
    }
    json.writeArrayFieldStart("headers");
    for (HeaderField field : parsed.headers().fields()) {
      json.writeStartObject();
      text(json, "name", field.name());
      text(json, "value", field.value());
      json.writeEndObject();
    }
    json.writeEndArray();
    JsonLine.texts(json, "problems", parsed.problems());
  }

  private static void header(JsonGenerator json, MailHeaders headers) throws IOException {
    text(json, "subject", headers.subject());
    named(json, "from", headers.addresses("From"));
    named(json, "sender", headers.addresses("Sender"));
    named(json, "replyTo", headers.replyTo());
    named(json, "to", headers.to());
    named(json, "cc", headers.cc());
    text(json, "date", headers.date().map(Object::toString).orElse(null));
    id(json, "messageId", headers.messageId());
    id(json, "inReplyTo", headers.inReplyTo());
    json.writeArrayFieldStart("references");
    for (MessageId id : headers.references()) {
      json.writeString(id.inBrackets());
    }
    json.writeEndArray();
    text(json, "returnPath", headers.returnPath().map(EmailAddress::written).orElse(null));
    text(json, "autoSubmitted", headers.autoSubmitted().name().toLowerCase(Locale.ROOT));
    json.writeBooleanField("listMail", headers.isListMail());
  }

  private static void invitation(JsonGenerator json, Invitation invitation) throws IOException {
    json.writeObjectFieldStart("invitation");
    text(json, "method", invitation.method());
    text(json, "uid", invitation.uid());
    json.writeNumberField("sequence", invitation.sequence());
    text(json, "summary", invitation.summary());
    text(json, "location", invitation.location());
    text(json, "organizer", value(invitation.organizer()));
    text(json, "start", invitation.start().map(Object::toString).orElse(null));
    text(json, "end", invitation.end().map(Object::toString).orElse(null));
    json.writeBooleanField("allDay", invitation.allDay());
    json.writeBooleanField("recurring", invitation.recurring());
    json.writeEndObject();
  }

  private static void attachment(JsonGenerator json, ParsedAttachment attachment)
      throws IOException {
    json.writeStartObject();
    text(json, "name", attachment.name());
    text(json, "type", attachment.contentType());
    json.writeNumberField("size", attachment.size());
    text(json, "disposition", attachment.disposition());
    text(json, "contentId", attachment.contentId().orElse(null));
    json.writeEndObject();
  }

  /** Addresses with their names; left out where there are none. */
  private static void named(JsonGenerator json, String name, List<NamedAddress> addresses)
      throws IOException {
    if (addresses.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart(name);
    for (NamedAddress each : addresses) {
      json.writeStartObject();
      text(json, "name", each.name());
      text(json, "address", each.address().written());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void id(JsonGenerator json, String name, Optional<MessageId> id)
      throws IOException {
    text(json, name, id.map(MessageId::inBrackets).orElse(null));
  }

  private static @Nullable String value(Optional<EmailAddress> address) {
    return address.map(EmailAddress::value).orElse(null);
  }
}
