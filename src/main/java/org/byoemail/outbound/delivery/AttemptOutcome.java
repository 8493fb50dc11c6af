package org.byoemail.outbound.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of an attempt, for one recipient. */
public sealed interface AttemptOutcome {
  /** The server's reply, or our own text without one. */
  String words();

  /** An enhanced status (RFC 3463), a reply code, or our own code; null if absent. */
  @Nullable String code();

  /** Whose trouble a deferral is. */
  enum Trouble {
    /** The message's or the recipient's: counted as an attempt, retried on the schedule. */
    MESSAGE,
    /** The account's or its server's: no attempt; the account backs off and its mail waits. */
    ACCOUNT
  }

  /** The server took the mail. */
  record Accepted(String words, @Nullable String code) implements AttemptOutcome {}

  /**
   * A transient failure (4yz).
   *
   * @param greylisted whether the server greylists
   * @param pause how long to wait, as stated by the server or known of the provider; null: not
   *     stated
   */
  record Deferred(
      String words,
      @Nullable String code,
      Trouble trouble,
      boolean greylisted,
      @Nullable Duration pause)
      implements AttemptOutcome {
    /** One that does not say for how long. */
    Deferred(String words, @Nullable String code, Trouble trouble, boolean greylisted) {
      this(words, code, trouble, greylisted, null);
    }
  }

  /**
   * A permanent failure (5yz).
   *
   * @param atRecipient whether this was the reply to RCPT TO
   */
  record Rejected(String words, @Nullable String code, boolean atRecipient)
      implements AttemptOutcome {
    /** A permanent refusal: by the server, or by this gateway. */
    Rejected(String words, @Nullable String code) {
      this(words, code, false);
    }
  }

  /** The server may or may not have taken the mail. */
  record Unknown(String words, @Nullable String code) implements AttemptOutcome {}
}
