package org.byoemail.format.html;

import java.util.Arrays;

/**
 * Where a joiner changes what is displayed (RFC 5892, A.1 and A.2): after a virama, and between
 * letters that join. The joining types cover the scripts Arabic, Syriac and N'Ko; for others of the
 * joining scripts every letter counts as one that joins.
 */
final class JoinerContext {
  /** Characters of the canonical combining class 9. */
  private static final int[] VIRAMAS = {
    0x94D, 0x9CD, 0xA4D, 0xACD, 0xB4D, 0xBCD, 0xC4D, 0xCCD, 0xD3B, 0xD3C, 0xD4D, 0xDCA, 0xE3A,
    0xEBA, 0xF84, 0x1039, 0x103A, 0x1714, 0x1715, 0x1734, 0x17D2, 0x1A60, 0x1B44, 0x1BAA, 0x1BAB,
    0x1BF2, 0x1BF3, 0x2D7F, 0xA806, 0xA82C, 0xA8C4, 0xA953, 0xA9C0, 0xAAF6, 0xABED, 0x10A3F,
    0x11046, 0x1107F, 0x110B9, 0x11133, 0x11134, 0x111C0, 0x11235, 0x112EA, 0x1134D, 0x11442,
    0x114C2, 0x115BF, 0x1163F, 0x116B6, 0x1172B, 0x11839, 0x119E0, 0x11A34, 0x11A47, 0x11A99,
    0x11C3F, 0x11D44, 0x11D45, 0x11D97
  };

  private static final int MAX_MARKS = 10;

  private JoinerContext() {}

  static boolean isVirama(int c) {
    return Arrays.binarySearch(VIRAMAS, c) >= 0;
  }

  /** Whether the letters on both sides of a joiner join, apart from marks between them. */
  static boolean joinsAround(int[] text, int at) {
    int before = at - 1;
    while (before >= 0 && at - before <= MAX_MARKS && isMark(text[before])) {
      before--;
    }
    int after = at + 1;
    while (after < text.length && after - at <= MAX_MARKS && isMark(text[after])) {
      after++;
    }
    return before >= 0
        && after < text.length
        && isJoining(text[before])
        && !joinsToTheRightOnly(text[before])
        && isJoining(text[after]);
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  private static boolean isJoining(int c) {
    if (!Character.isLetter(c) || c == 0x621 || c == 0x674) {
      return false;
    }
    Character.UnicodeScript script = Character.UnicodeScript.of(c);
    return switch (script) {
      case ARABIC,
          SYRIAC,
          NKO,
          MANDAIC,
          MONGOLIAN,
          PHAGS_PA,
          MANICHAEAN,
          PSALTER_PAHLAVI,
          ADLAM,
          HANIFI_ROHINGYA,
          SOGDIAN ->
          true;
      default -> c == 0x640;
    };
  }

  private static boolean joinsToTheRightOnly(int c) {
    return c >= 0x622 && c <= 0x625
        || c == 0x627
        || c == 0x629
        || c >= 0x62F && c <= 0x632
        || c == 0x648
        || c >= 0x671 && c <= 0x673
        || c >= 0x675 && c <= 0x677
        || c >= 0x688 && c <= 0x699
        || c == 0x6C0
        || c >= 0x6C3 && c <= 0x6CB
        || c == 0x6CD
        || c == 0x6CF
        || c == 0x6D2
        || c == 0x6D3
        || c == 0x6D5
        || c == 0x6EE
        || c == 0x6EF
        || c == 0x710
        || c >= 0x715 && c <= 0x719
        || c == 0x71E
        || c == 0x728
        || c == 0x72A
        || c == 0x72C
        || c == 0x72F
        || c == 0x74D;
  }
}
