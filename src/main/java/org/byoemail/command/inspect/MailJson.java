package org.byoemail.command.inspect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.byoemail.format.authentication.SenderVerdict;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.html.HiddenText;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedAttachment;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.OriginalMail;
import org.byoemail.format.report.ReportedRecipient;
import org.byoemail.format.screen.Finding;
import org.byoemail.format.screen.MailScreen;
import org.jspecify.annotations.Nullable;

/** Writes the findings of a mail as a line of JSON; unknown values are left out. */
final class MailJson {
  String error(InputMail mail, String error) {
    Map<String, @Nullable Object> line = line(mail);
    line.put("kind", "error");
    line.put("error", error);
    return JsonLine.of(line);
  }

  String seen(InputMail mail, Classification seen, ParsedMail parsed, SenderVerdict sender) {
    Map<String, @Nullable Object> line = line(mail);
    line.put("kind", seen.kind().word());
    line.put("rule", seen.rule());
    line.put("strength", seen.strength().word());
    line.put("recipients", addresses(seen));
    telling(seen).ifPresent(recipient -> putResult(line, recipient));
    line.put("results", seen.recipients().stream().map(MailJson::result).toList());
    line.put("reportingMta", seen.reportingMta().orElse(null));
    line.put("originalEnvelopeId", seen.originalEnvelopeId().orElse(null));
    putOriginal(line, seen.original());
    seen.complaint()
        .ifPresent(
            complaint -> {
              line.put("complaint", complaint.type());
              line.put("complainants", values(complaint.recipients()));
            });
    line.put("sender", sender(sender));
    line.put("mail", mail(parsed));
    return JsonLine.of(line);
  }

  private static Map<String, @Nullable Object> sender(SenderVerdict verdict) {
    Map<String, @Nullable Object> sender = new LinkedHashMap<>();
    sender.put("verdict", verdict.kind().word());
    sender.put("source", verdict.source() == null ? null : verdict.source().word());
    sender.put("reason", verdict.reason());
    sender.put(
        "facts",
        verdict.facts().stream()
            .map(fact -> Map.of("kind", fact.kind(), "detail", fact.detail()))
            .toList());
    return sender;
  }

  private static Map<String, @Nullable Object> line(InputMail mail) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("file", mail.file());
    return line;
  }

  private static List<String> addresses(Classification seen) {
    return seen.recipients().stream()
        .flatMap(recipient -> recipient.finalRecipient().or(recipient::address).stream())
        .map(EmailAddress::unquoted)
        .distinct()
        .toList();
  }

  /** The recipient that stands for the whole report: the first of whom a status is known. */
  private static Optional<ReportedRecipient> telling(Classification seen) {
    return seen.recipients().stream()
        .filter(recipient -> recipient.status().isPresent())
        .findFirst()
        .or(() -> seen.recipients().stream().findFirst());
  }

  private static Map<String, @Nullable Object> result(ReportedRecipient recipient) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("original", recipient.original().map(EmailAddress::value).orElse(null));
    result.put("final", recipient.finalRecipient().map(EmailAddress::value).orElse(null));
    result.put("action", recipient.action().word());
    putResult(result, recipient);
    return result;
  }

  private static void putResult(Map<String, @Nullable Object> result, ReportedRecipient recipient) {
    result.put("status", recipient.status().map(Object::toString).orElse(null));
    result.put(
        "replyCode", recipient.replyCode().isPresent() ? recipient.replyCode().getAsInt() : null);
    result.put("reason", recipient.reason().word());
    result.put("permanent", recipient.isPermanent());
    result.put("diagnostic", recipient.diagnostic());
  }

  private static void putOriginal(Map<String, @Nullable Object> line, OriginalMail original) {
    line.put("attemptId", original.attempt().map(Object::toString).orElse(null));
    line.put("originalMessageId", original.messageId().map(id -> id.inBrackets()).orElse(null));
    line.put("originalFrom", original.from().map(EmailAddress::value).orElse(null));
    line.put("originalTo", original.to().map(EmailAddress::value).orElse(null));
    line.put("originalSubject", original.subject().isEmpty() ? null : original.subject());
  }

  private static Map<String, @Nullable Object> mail(ParsedMail parsed) {
    MailHeaders headers = parsed.headers();
    Map<String, @Nullable Object> mail = new LinkedHashMap<>();
    mail.put("subject", headers.subject());
    mail.put("from", named(headers.addresses("From")));
    mail.put("sender", named(headers.addresses("Sender")));
    mail.put("replyTo", named(headers.replyTo()));
    mail.put("to", named(headers.to()));
    mail.put("cc", named(headers.cc()));
    mail.put("date", headers.date().map(Object::toString).orElse(null));
    mail.put("messageId", headers.messageId().map(id -> id.inBrackets()).orElse(null));
    mail.put("inReplyTo", headers.inReplyTo().map(id -> id.inBrackets()).orElse(null));
    mail.put("references", headers.references().stream().map(id -> id.inBrackets()).toList());
    mail.put("returnPath", headers.returnPath().map(EmailAddress::written).orElse(null));
    mail.put("autoSubmitted", headers.autoSubmitted().name().toLowerCase(Locale.ROOT));
    mail.put("listMail", headers.isListMail());
    mail.put("text", parsed.text());
    mail.put("plainText", parsed.plain().orElse(null));
    String preheader = parsed.body().preheader();
    mail.put("preheader", preheader.isEmpty() ? null : preheader);
    mail.put("hiddenText", parsed.body().hidden().stream().map(MailJson::hidden).toList());
    mail.put(
        "findings", MailScreen.findings(parsed, false).stream().map(MailJson::finding).toList());
    mail.put("html", parsed.html().orElse(null));
    mail.put("attachments", parsed.attachments().stream().map(MailJson::attachment).toList());
    mail.put("invitation", parsed.invitation().map(MailJson::invitation).orElse(null));
    mail.put("headers", headers.fields().stream().map(MailJson::field).toList());
    mail.put("problems", parsed.problems());
    return mail;
  }

  private static Map<String, @Nullable Object> invitation(Invitation invitation) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("method", invitation.method());
    shown.put("uid", invitation.uid());
    shown.put("sequence", invitation.sequence());
    shown.put("summary", invitation.summary());
    shown.put("location", invitation.location());
    shown.put("organizer", invitation.organizer().map(EmailAddress::value).orElse(null));
    shown.put("start", invitation.start().map(Object::toString).orElse(null));
    shown.put("end", invitation.end().map(Object::toString).orElse(null));
    shown.put("allDay", invitation.allDay());
    shown.put("recurring", invitation.recurring());
    return shown;
  }

  private static Map<String, String> hidden(HiddenText hidden) {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("source", hidden.source().word());
    shown.put("text", hidden.text());
    return shown;
  }

  private static Map<String, String> finding(Finding finding) {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("kind", finding.kind().word());
    shown.put("severity", finding.severity().word());
    shown.put("evidence", finding.evidence());
    return shown;
  }

  private static Map<String, String> field(HeaderField field) {
    return Map.of("name", field.name(), "value", field.value());
  }

  private static Map<String, @Nullable Object> attachment(ParsedAttachment attachment) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("name", attachment.name());
    shown.put("type", attachment.contentType());
    shown.put("size", attachment.size());
    shown.put("disposition", attachment.disposition());
    shown.put("contentId", attachment.contentId().orElse(null));
    return shown;
  }

  private static @Nullable List<Map<String, String>> named(List<NamedAddress> addresses) {
    return addresses.isEmpty()
        ? null
        : addresses.stream()
            .map(each -> Map.of("name", each.name(), "address", each.address().written()))
            .toList();
  }

  private static List<String> values(List<EmailAddress> addresses) {
    return addresses.stream().map(EmailAddress::value).toList();
  }
}
