package org.byoemail.inbound.scan;

import org.jspecify.annotations.Nullable;

/**
 * What a scanner says of a mail.
 *
 * @param scanner its name
 * @param reason why it is not clean, one line of at most 200 characters; null if it is
 */
public record ScanResult(String scanner, Kind kind, @Nullable String reason) {
  private static final int MAX_REASON = 200;

  /** The kinds of result. */
  public enum Kind {
    CLEAN,
    /** A scanner recognized malware. */
    MALWARE,
    /** The operator's service, or a limit of a scanner, asks for a person. */
    HOLD,
    /** The operator's service wants it refused. */
    REFUSE
  }

  public ScanResult {
    reason = reason == null ? null : line(reason);
  }

  static ScanResult clean(String scanner) {
    return new ScanResult(scanner, Kind.CLEAN, null);
  }

  /** Scanners name what strangers made. */
  private static String line(String text) {
    String clean = text.replaceAll("[^\\x20-\\x7e]+", " ").strip();
    return clean.substring(0, Math.min(MAX_REASON, clean.length()));
  }
}
