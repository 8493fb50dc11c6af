package org.byoemail.format.report;

import java.util.Optional;
import org.byoemail.format.mail.EnhancedStatus;

/**
 * Tells the reason from a status code (RFC 3463, RFC 7372, the registry of codes, and Exchange
 * Online's).
 */
final class StatusReasons {
  private static final int POLICY = 7;

  private StatusReasons() {}

  /**
   * The reason that code and words give together. Servers give the codes for an unknown user and
   * for a refusal for much else too, so that words about room, size, rate and authentication win;
   * an unknown user is believed from words only where the code says nothing else. Words about the
   * sender say nothing of the recipient, whatever the code.
   */
  static BounceReason of(Optional<EnhancedStatus> status, String said) {
    BounceReason coded = status.map(StatusReasons::of).orElse(BounceReason.OTHER);
    if (status.filter(code -> code.statusClass() == 2).isPresent()) {
      return BounceReason.OTHER;
    }
    Optional<StatusPhrases> phrase = StatusPhrases.find(said);
    BounceReason worded = phrase.map(StatusPhrases::reason).orElse(BounceReason.OTHER);
    if (isAboutTheAddress(coded) && phrase.filter(StatusPhrases::isAboutTheSender).isPresent()) {
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

  private static BounceReason of(EnhancedStatus status) {
    if (status.statusClass() == 2) {
      return BounceReason.OTHER;
    }
    return switch (status.subject()) {
      case 1 -> ofAddress(status.detail());
      case 2 -> ofMailbox(status.detail());
      case 3 -> status.detail() == 4 ? BounceReason.TOO_LARGE : BounceReason.OTHER;
      case 4 -> ofRouting(status);
      case 7 -> ofPolicy(status.detail());
      default -> BounceReason.OTHER;
    };
  }

  private static BounceReason ofAddress(int detail) {
    return switch (detail) {
      case 1, 6, 10, 351 -> BounceReason.NO_SUCH_USER;
      case 2 -> BounceReason.NO_SUCH_HOST;
      case 7, 8 -> BounceReason.REFUSED;
      case 90 -> BounceReason.RATE_LIMITED;
      default -> BounceReason.OTHER;
    };
  }

  private static BounceReason ofMailbox(int detail) {
    return switch (detail) {
      case 1 -> BounceReason.NO_SUCH_USER;
      case 2 -> BounceReason.MAILBOX_FULL;
      case 3 -> BounceReason.TOO_LARGE;
      case 121, 122 -> BounceReason.RATE_LIMITED;
      default -> BounceReason.OTHER;
    };
  }

  private static BounceReason ofRouting(EnhancedStatus status) {
    int detail = status.detail();
    if (detail == 4 || detail == 310) {
      return BounceReason.NO_SUCH_HOST;
    }
    // Exchange Online tells by these why it could not connect, and gives up with them.
    boolean givenUp = status.isPermanent() && detail >= 300 && detail < 320;
    return detail == 7 || givenUp ? BounceReason.EXPIRED : BounceReason.OTHER;
  }

  private static BounceReason ofPolicy(int detail) {
    return switch (detail) {
      case 8, 9, 20, 21, 22, 23, 24, 25, 26, 506, 509, 515 -> BounceReason.AUTHENTICATION;
      case 28, 232, 233, 508, 705 -> BounceReason.RATE_LIMITED;
      // TLS or DANE of the receiving server.
      case 321, 322, 323, 324, 325 -> BounceReason.OTHER;
      default -> BounceReason.REFUSED;
    };
  }
}
