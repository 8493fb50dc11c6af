package org.byoemail.outbound.limit;

import java.time.Duration;
import java.util.Locale;

/** A kind of sending limit: a number of messages or recipients per period. */
public enum SendingLimit {
  MESSAGES_PER_MINUTE(Unit.MESSAGES, Duration.ofMinutes(1)),
  MESSAGES_PER_HOUR(Unit.MESSAGES, Duration.ofHours(1)),
  MESSAGES_PER_DAY(Unit.MESSAGES, Duration.ofDays(1)),
  RECIPIENTS_PER_MINUTE(Unit.RECIPIENTS, Duration.ofMinutes(1)),
  RECIPIENTS_PER_HOUR(Unit.RECIPIENTS, Duration.ofHours(1)),
  RECIPIENTS_PER_DAY(Unit.RECIPIENTS, Duration.ofDays(1));

  /** What is counted. */
  public enum Unit {
    /** Mails, whatever the number of their recipients. */
    MESSAGES,
    /** The recipients of each mail. */
    RECIPIENTS
  }

  private final Unit unit;
  private final Duration window;

  SendingLimit(Unit unit, Duration window) {
    this.unit = unit;
    this.window = window;
  }

  /** The unit that is counted. */
  public Unit unit() {
    return unit;
  }

  /** The period. */
  public Duration window() {
    return window;
  }

  /** Its name in the database. */
  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }
}
