package org.byoemail.console;

import java.util.Locale;

/**
 * A state in a word.
 *
 * @param tone good, bad, wait or off: sets the colour only, the word tells the state without it
 */
record Badge(String word, String tone) {

  static Badge good(String word) {
    return new Badge(word, "good");
  }

  static Badge bad(String word) {
    return new Badge(word, "bad");
  }

  static Badge waiting(String word) {
    return new Badge(word, "wait");
  }

  static Badge off(String word) {
    return new Badge(word, "off");
  }

  /** The badge of a status of a message, recipient, attempt or account. */
  static Badge of(String status) {
    String word = status.toLowerCase(Locale.ROOT).replace('_', ' ');
    return switch (word) {
      case "sent", "delivered", "ingested", "accepted", "active", "pass", "success" -> good(word);
      case "failed",
          "partially failed",
          "rejected",
          "expired",
          "quarantined",
          "error",
          "fail",
          "needs reauthorization" ->
          bad(word);
      case "queued",
          "sending",
          "deferred",
          "held",
          "in review",
          "requested",
          "unknown",
          "delayed",
          "paused" ->
          waiting(word);
      default -> off(word);
    };
  }
}
