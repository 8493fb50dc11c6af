package org.byoemail.format.report;

import org.byoemail.format.mail.EnhancedStatus;

/**
 * The reason that an enhanced status code stands for (RFC 3463, RFC 7372, the IANA registry, and
 * the codes of Exchange Online).
 */
final class StatusReasons {
  private StatusReasons() {}

  static BounceReason of(EnhancedStatus status) {
    if (status.statusClass() == 2) {
      return BounceReason.OTHER;
    }
    if (status.isNoSuchRecipient()) {
      return BounceReason.NO_SUCH_USER;
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
      // Exchange Online, of another server: unknown, or unavailable.
      case 351 -> BounceReason.NO_SUCH_USER;
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
    // With these Exchange Online says why it could not connect, and gives up.
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
