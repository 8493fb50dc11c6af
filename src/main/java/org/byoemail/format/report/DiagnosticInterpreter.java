package org.byoemail.format.report;

import java.util.Optional;
import java.util.OptionalInt;
import org.byoemail.format.mail.EnhancedStatus;

/** The one place that derives reply code, enhanced status and reason from what a server said. */
final class DiagnosticInterpreter {
  private static final int POLICY = 7;

  private DiagnosticInterpreter() {}

  /**
   * What became of a recipient, whose addresses are still to be set.
   *
   * @param stated the status that a field of the report gives; if absent, it is derived from the
   *     diagnostic
   */
  static ReportedRecipient interpret(
      ReportAction action, Optional<EnhancedStatus> stated, String diagnostic) {
    OptionalInt replyCode = ReplyCodes.find(diagnostic);
    Optional<StatusPhrase> phrase = StatusPhrase.find(diagnostic);
    Optional<EnhancedStatus> status =
        stated
            .or(() -> EnhancedStatus.find(diagnostic))
            .or(() -> phrase.map(found -> found.status(statusClass(action, replyCode))))
            .or(() -> ReplyCodes.status(replyCode));
    return new ReportedRecipient(
        Optional.empty(),
        Optional.empty(),
        action,
        status,
        diagnostic,
        replyCode,
        reason(status, phrase),
        Optional.empty());
  }

  private static int statusClass(ReportAction action, OptionalInt replyCode) {
    return replyCode.isPresent() ? replyCode.getAsInt() / 100 : action.statusClass();
  }

  /**
   * Servers also give the codes for an unknown user and for a policy in other cases, so phrases
   * about quota, size, rate and authentication take precedence; one about an unknown user counts
   * only if the code gives no other reason. A phrase about the sender says nothing of the
   * recipient, whatever the code.
   */
  private static BounceReason reason(
      Optional<EnhancedStatus> status, Optional<StatusPhrase> phrase) {
    if (status.filter(code -> code.statusClass() == 2).isPresent()) {
      return BounceReason.OTHER;
    }
    BounceReason coded = status.map(StatusReasons::of).orElse(BounceReason.OTHER);
    BounceReason worded = phrase.map(StatusPhrase::reason).orElse(BounceReason.OTHER);
    if (isAboutTheAddress(coded) && phrase.filter(StatusPhrase::isAboutTheSender).isPresent()) {
      return worded;
    }
    return switch (worded) {
      case OTHER -> coded;
      case NO_SUCH_USER, NO_SUCH_HOST ->
          coded == BounceReason.OTHER || isPolicy(status) ? worded : coded;
      case REFUSED, EXPIRED -> coded == BounceReason.OTHER ? worded : coded;
      default -> worded;
    };
  }

  private static boolean isAboutTheAddress(BounceReason reason) {
    return reason == BounceReason.NO_SUCH_USER || reason == BounceReason.NO_SUCH_HOST;
  }

  private static boolean isPolicy(Optional<EnhancedStatus> status) {
    return status.filter(code -> code.subject() == POLICY).isPresent();
  }
}
