package org.byoemail.outbound.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of an attempt, for one recipient. */
public sealed interface AttemptOutcome {
  /** The words of the server, or ours where it said nothing. */
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
   * Not now.
   *
   * @param greylisted whether the server only wants to see that one comes back
   * @param pause how long it is to be left alone, as it said or as is known of it; null: not said
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
   * Never.
   *
   * @param atRecipient whether the server said so when it was told this recipient
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
