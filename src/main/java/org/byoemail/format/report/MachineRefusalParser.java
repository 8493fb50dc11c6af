package org.byoemail.format.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.report.notice.Refusal;

/**
 * Reads the refusals of machines that no other rule knows: bare prose of gateways, and of filters
 * of mailboxes (RFC 5429). Which of the addresses is meant, only the sent mail can tell.
 */
final class MachineRefusalParser implements ReferenceRule {
  private static final int MAX_RECIPIENTS = 20;

  private final OriginalMails originals;

  MachineRefusalParser(OriginalMails originals) {
    this.originals = originals;
  }

  /**
   * Names every address that may be meant; empty for all but a refusal by a machine. An absence
   * notice may also say that a mail was not passed on.
   */
  @Override
  public Optional<Classification> read(ParsedMail mail) {
    return Refusal.in(mail)
        .filter(refusal -> !AutoReplies.isSubject(mail.headers().subject(), true))
        .flatMap(refusal -> report(refusal, mail));
  }

  private Optional<Classification> report(Refusal refusal, ParsedMail mail) {
    MailHeaders headers = mail.headers();
    MailHeaders returned = originals.header(mail, refusal.returnedHeader());
    Set<EmailAddress> meant = new LinkedHashSet<>(refusal.addresses());
    Stream.of(returned.to(), returned.cc())
        .flatMap(List::stream)
        .map(NamedAddress::address)
        .forEach(meant::add);
    OriginalMail original = originals.find(mail, refusal.returnedHeader());
    if (original.messageId().isPresent() || original.attempt().isPresent()) {
      // Else anybody who knows whom the agent writes to could say so: From alone names nobody.
      headers.from().map(NamedAddress::address).ifPresent(meant::add);
    }
    headers.to().forEach(reader -> meant.remove(reader.address()));
    if (meant.isEmpty() || meant.size() > MAX_RECIPIENTS) {
      return Optional.empty();
    }
    ReportedRecipient refused =
        DiagnosticInterpreter.interpret(ReportAction.FAILED, Optional.empty(), refusal.text());
    return Optional.of(
        new Classification(
            MailKind.FAILED,
            ReportStrength.FREE_TEXT,
            "refusal",
            meant.stream()
                .map(address -> refused.named(Optional.empty(), Optional.of(address)))
                .toList(),
            Optional.empty(),
            Optional.empty(),
            original,
            Optional.empty()));
  }
}
