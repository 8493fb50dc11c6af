package org.byoemail.inbound.ingest;

import com.ibm.icu.text.SpoofChecker;
import java.text.Normalizer;
import java.util.Locale;

/**
 * What texts look like: those that people confuse have the same skeleton (UTS #39 section 4). Safe
 * for use by many threads.
 */
final class Skeletons {
  private static final int MAX_LENGTH = 320;

  private Skeletons() {}

  /** Loads its data, some megabytes, at the first use. */
  private static final class Checker {
    static final SpoofChecker INSTANCE = new SpoofChecker.Builder().build();
  }

  /**
   * The skeleton of the first 320 characters. Letters that only look alike in upper case count,
   * too: a domain name may be written so.
   */
  static String of(String text) {
    String start = text.substring(0, Math.min(text.length(), MAX_LENGTH));
    String plain = Normalizer.normalize(start, Normalizer.Form.NFKC);
    return skeleton(skeleton(plain).toLowerCase(Locale.ROOT));
  }

  private static String skeleton(String text) {
    return Checker.INSTANCE.getSkeleton(text);
  }
}
