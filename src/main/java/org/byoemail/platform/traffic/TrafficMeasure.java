package org.byoemail.platform.traffic;

import java.util.Locale;

/** What is counted. */
public enum TrafficMeasure {
  /** Received mails, by status. */
  RECEIVED,
  /** Mails that a server accepted, by provider. */
  SENT,
  /** Attempts that did not end so, by outcome, and reported failures of delivery, by reason. */
  FAILED;

  /** The word of the database. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static TrafficMeasure of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
