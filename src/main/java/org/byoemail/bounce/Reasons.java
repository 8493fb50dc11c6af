package org.byoemail.bounce;

import java.util.Optional;
import org.byoemail.mail.EnhancedStatus;

/** Tells the reason from a status code (RFC 3463, RFC 7372, and the registry of codes). */
final class Reasons {
  private static final int POLICY = 7;

  private Reasons() {}

  /**
   * The reason that code and words give together. Servers give the codes for an unknown user and
   * for a refusal for much else too, so that words about room, size, rate and authentication win;
   * an unknown user is believed from words only where the code says nothing else.
   */
  static BounceReason of(Optional<EnhancedStatus> status, String said) {
    BounceReason coded = status.map(Reasons::of).orElse(BounceReason.OTHER);
    if (status.filter(code -> code.statusClass() == 2).isPresent()) {
      return BounceReason.OTHER;
    }
    BounceReason worded = Phrases.find(said).map(Phrases::reason).orElse(BounceReason.OTHER);
    return switch (worded) {
      case OTHER -> coded;
      case NO_SUCH_USER, NO_SUCH_HOST ->
          coded == BounceReason.OTHER || isPolicy(status) ? worded : coded;
      case REFUSED, EXPIRED -> coded == BounceReason.OTHER ? worded : coded;
      default -> worded;
    };
  }

  private static boolean isPolicy(Optional<EnhancedStatus> status) {
    return status.filter(code -> code.subject() == POLICY).isPresent();
  }

  private static BounceReason of(EnhancedStatus status) {
    if (status.statusClass() == 2) {
      return BounceReason.OTHER;
    }
    return switch (status.subject()) {
      case 1 -> ofAddress(status.detail());
      case 2 -> ofMailbox(status.detail());
      case 3 -> status.detail() == 4 ? BounceReason.TOO_LARGE : BounceReason.OTHER;
      case 4 -> ofRouting(status.detail());
      case 7 -> ofPolicy(status.detail());
      default -> BounceReason.OTHER;
    };
  }

  private static BounceReason ofAddress(int detail) {
    return switch (detail) {
      case 1, 6, 10 -> BounceReason.NO_SUCH_USER;
      case 2 -> BounceReason.NO_SUCH_HOST;
      case 7, 8 -> BounceReason.REFUSED;
      default -> BounceReason.OTHER;
    };
  }

  private static BounceReason ofMailbox(int detail) {
    return switch (detail) {
      case 1 -> BounceReason.NO_SUCH_USER;
      case 2 -> BounceReason.MAILBOX_FULL;
      case 3 -> BounceReason.TOO_LARGE;
      default -> BounceReason.OTHER;
    };
  }

  private static BounceReason ofRouting(int detail) {
    return switch (detail) {
      case 4 -> BounceReason.NO_SUCH_HOST;
      case 7 -> BounceReason.EXPIRED;
      default -> BounceReason.OTHER;
    };
  }

  private static BounceReason ofPolicy(int detail) {
    return switch (detail) {
      case 8, 9, 20, 21, 22, 23, 24, 25, 26 -> BounceReason.AUTHENTICATION;
      case 28 -> BounceReason.RATE_LIMITED;
      default -> BounceReason.REFUSED;
    };
  }
}
