package org.byoemail.format.report;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;

/** Reads the per-recipient fields of a report (RFC 3464 section 2.3). */
final class RecipientFields {
  private static final int MAX_DIAGNOSTIC = 2_000;
  private static final Pattern TYPE = Pattern.compile("^[\\w.+-]{1,40}\\s*;");

  /** RFC 3461 section 4 and RFC 6533 section 3. */
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\x\\{([0-9A-Fa-f]{1,6})}|\\+([0-9A-F]{2})");

  private static final Pattern LOCAL_PART = Pattern.compile("[a-z0-9][a-z0-9._+-]{0,63}");

  private RecipientFields() {}

  /** The recipient; empty if no field states an action. */
  static Optional<ReportedRecipient> read(MailHeaders fields) {
    String code = withoutType(fields.decoded("Diagnostic-Code").orElse(""));
    String diagnostic = code.substring(0, Math.min(code.length(), MAX_DIAGNOSTIC));
    Optional<EnhancedStatus> status = status(fields, diagnostic);
    return fields
        .first("Action")
        .flatMap(ReportAction::parse)
        .or(() -> status.map(ReportAction::of))
        .or(() -> ReplyCodes.status(ReplyCodes.find(diagnostic)).map(ReportAction::of))
        .map(
            action ->
                DiagnosticInterpreter.interpret(action, status, diagnostic)
                    .named(
                        fields.first("Original-Recipient").flatMap(RecipientFields::address),
                        fields.first("Final-Recipient").flatMap(RecipientFields::address))
                    .retried(fields.date("Will-Retry-Until")));
  }

  /** The Status field, unless it is as vague as 5.0.0 and the diagnostic is more specific. */
  private static Optional<EnhancedStatus> status(MailHeaders fields, String diagnostic) {
    Optional<EnhancedStatus> stated =
        fields
            .first("Status")
            .filter(s -> s.length() <= MAX_DIAGNOSTIC)
            .flatMap(EnhancedStatus::find);
    Optional<EnhancedStatus> specific = EnhancedStatus.find(diagnostic);
    boolean vague = stated.filter(s -> s.subject() != 0 || s.detail() != 0).isEmpty();
    boolean sameClass =
        specific.isPresent()
            && stated.filter(s -> s.statusClass() != specific.get().statusClass()).isEmpty();
    return vague && sameClass ? specific : stated;
  }

  /** The address in a field such as {@code rfc822; user@example.org}. */
  static Optional<EmailAddress> address(String field) {
    String text = withoutType(field);
    boolean escaped = text.indexOf('@') < 0 || text.contains("\\x{");
    return NamedAddress.parseAll(escaped ? unescaped(text) : text).stream()
        .map(NamedAddress::address)
        .filter(address -> !address.domain().isEmpty())
        .findFirst();
  }

  /** The local part, in lower case, that a server gives without a domain. */
  static Optional<String> localPart(MailHeaders fields) {
    return fields
        .first("Original-Recipient")
        .or(() -> fields.first("Final-Recipient"))
        .map(RecipientFields::withoutType)
        .map(name -> name.replaceAll("^<|>$", "").toLowerCase(Locale.ROOT))
        .filter(name -> LOCAL_PART.matcher(name).matches());
  }

  static String withoutType(String field) {
    return TYPE.matcher(field.strip()).replaceFirst("").strip();
  }

  static String unescaped(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            match -> {
              String hex = match.group(1) == null ? match.group(2) : match.group(1);
              int code = Integer.parseInt(hex, 16);
              String plain = Character.isValidCodePoint(code) ? Character.toString(code) : "";
              return Matcher.quoteReplacement(plain);
            });
  }
}
