package org.byoemail.format.report;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;

/** Reads the fields about one recipient (RFC 3464 section 2.3). */
final class RecipientFields {
  private static final int MAX_DIAGNOSTIC = 2_000;
  private static final Pattern TYPE = Pattern.compile("^[\\w.+-]{1,40}\\s*;");

  /** RFC 3461 section 4 and RFC 6533 section 3. */
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\x\\{([0-9A-Fa-f]{1,6})}|\\+([0-9A-F]{2})");

  private static final Pattern LOCAL_NAME = Pattern.compile("[a-z0-9][a-z0-9._+-]{0,63}");

  private RecipientFields() {}

  /** The recipient; empty where nothing says what became of the mail. */
  static Optional<ReportedRecipient> read(MailHeaders group) {
    String said = withoutType(group.decoded("Diagnostic-Code").orElse(""));
    String diagnostic = said.substring(0, Math.min(said.length(), MAX_DIAGNOSTIC));
    Optional<EnhancedStatus> status = status(group, diagnostic);
    OptionalInt code = ReplyCodes.find(diagnostic);
    return group
        .first("Action")
        .flatMap(ReportAction::parse)
        .or(() -> status.map(ReportAction::of))
        .or(() -> code.isPresent() ? ofReply(code.getAsInt()) : Optional.empty())
        .map(action -> recipient(group, action, status, diagnostic, code));
  }

  private static ReportedRecipient recipient(
      MailHeaders group,
      ReportAction action,
      Optional<EnhancedStatus> stated,
      String diagnostic,
      OptionalInt code) {
    Optional<EnhancedStatus> status =
        stated.or(() -> DiagnosticInterpreter.status(action, diagnostic, code));
    return new ReportedRecipient(
        group.first("Original-Recipient").flatMap(RecipientFields::address),
        group.first("Final-Recipient").flatMap(RecipientFields::address),
        action,
        status,
        diagnostic,
        code,
        StatusReasons.of(status, diagnostic),
        group.date("Will-Retry-Until"));
  }

  /** The Status field, unless it says no more than "permanent" and the diagnostic says more. */
  private static Optional<EnhancedStatus> status(MailHeaders group, String diagnostic) {
    Optional<EnhancedStatus> stated =
        group
            .first("Status")
            .filter(s -> s.length() <= MAX_DIAGNOSTIC)
            .flatMap(EnhancedStatus::find);
    Optional<EnhancedStatus> said = EnhancedStatus.find(diagnostic);
    boolean vague = stated.filter(s -> s.subject() != 0 || s.detail() != 0).isEmpty();
    boolean sameClass =
        said.isPresent()
            && stated.filter(s -> s.statusClass() != said.get().statusClass()).isEmpty();
    return vague && sameClass ? said : stated;
  }

  private static Optional<ReportAction> ofReply(int code) {
    return Optional.of(ReportAction.of(new EnhancedStatus(code / 100, 0, 0)));
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

  /** The name of a mailbox that a server gives without its domain, in lower case. */
  static Optional<String> localName(MailHeaders group) {
    return group
        .first("Original-Recipient")
        .or(() -> group.first("Final-Recipient"))
        .map(RecipientFields::withoutType)
        .map(name -> name.replaceAll("^<|>$", "").toLowerCase(Locale.ROOT))
        .filter(name -> LOCAL_NAME.matcher(name).matches());
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
