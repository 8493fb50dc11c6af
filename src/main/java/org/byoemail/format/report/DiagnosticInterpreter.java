package org.byoemail.format.report;

import java.util.Optional;
import java.util.OptionalInt;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;

/** What the words of a server mean for a recipient. */
final class DiagnosticInterpreter {
  private DiagnosticInterpreter() {}

  static ReportedRecipient recipient(
      Optional<EmailAddress> original, EmailAddress address, ReportAction action, String said) {
    OptionalInt code = ReplyCodes.find(said);
    Optional<EnhancedStatus> status = status(action, said, code);
    return new ReportedRecipient(
        original,
        Optional.of(address),
        action,
        status,
        said,
        code,
        StatusReasons.of(status, said),
        Optional.empty());
  }

  /** The code that is given; else what the words stand for; else what the reply code does. */
  static Optional<EnhancedStatus> status(ReportAction action, String said, OptionalInt code) {
    int replyClass = code.isPresent() ? code.getAsInt() / 100 : action.statusClass();
    return EnhancedStatus.find(said)
        .or(() -> StatusPhrases.find(said).map(phrase -> phrase.status(replyClass)))
        .or(
            () ->
                code.isPresent()
                    ? Optional.of(ReplyCodes.status(code.getAsInt()))
                    : Optional.empty());
  }
}
