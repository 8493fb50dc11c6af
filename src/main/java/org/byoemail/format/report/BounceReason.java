package org.byoemail.format.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why a mail was not delivered. */
public enum BounceReason {
  NO_SUCH_USER,
  NO_SUCH_HOST,
  MAILBOX_FULL,
  TOO_LARGE,
  /** Rejected as spam or by another policy of the receiver. */
  REFUSED,
  /** Too many mails in a period. */
  RATE_LIMITED,
  /** SPF, DKIM, DMARC or the name of the sending host. */
  AUTHENTICATION,
  /** The server gave up after its maximum queue time. */
  EXPIRED,
  OTHER;

  /** The reason of that {@link #word()}. */
  public static Optional<BounceReason> of(String word) {
    return Arrays.stream(values()).filter(reason -> reason.word().equals(word)).findFirst();
  }

  /** The word for it in events, rows and output, such as {@code no-such-user}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
