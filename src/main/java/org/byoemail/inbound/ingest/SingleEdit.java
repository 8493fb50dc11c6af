package org.byoemail.inbound.ingest;

/** Whether texts differ by one letter: another, a missing or a further one, or two in turn. */
final class SingleEdit {
  /** Shorter names are one letter off each other by chance. */
  private static final int MIN_LENGTH = 6;

  private SingleEdit() {}

  static boolean is(String one, String other) {
    int[] a = one.codePoints().toArray();
    int[] b = other.codePoints().toArray();
    if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < MIN_LENGTH) {
      return false;
    }
    int start = 0;
    int shorter = Math.min(a.length, b.length);
    while (start < shorter && a[start] == b[start]) {
      start++;
    }
    int end = 0;
    while (end < shorter - start && a[a.length - 1 - end] == b[b.length - 1 - end]) {
      end++;
    }
    int left = a.length - start - end;
    int otherLeft = b.length - start - end;
    boolean swapped =
        left == 2 && otherLeft == 2 && a[start] == b[start + 1] && a[start + 1] == b[start];
    return swapped || Math.max(left, otherLeft) == 1;
  }
}
