package org.byoemail.format.report.notice;

/** Recognises commands and replies of SMTP (RFC 5321) in a line. */
final class SmtpWords {
  private SmtpWords() {}

  /** Whether it has a RCPT command, or a reply code of class 4 or 5. */
  static boolean isRefusal(String lower) {
    return lower.contains("rcpt to:") || hasReplyCode(lower);
  }

  /** Whether it has a reply code of class 4 or 5 that is not part of a number. */
  static boolean hasReplyCode(String text) {
    for (int i = 0; i + 3 <= text.length(); i++) {
      char first = text.charAt(i);
      boolean code =
          (first == '4' || first == '5')
              && text.charAt(i + 1) >= '0'
              && text.charAt(i + 1) <= '5'
              && Character.isDigit(text.charAt(i + 2));
      boolean alone =
          (i == 0 || " :>([".indexOf(text.charAt(i - 1)) >= 0)
              && (i + 3 == text.length() || " -:;,)]".indexOf(text.charAt(i + 3)) >= 0);
      if (code && alone) {
        return true;
      }
    }
    return false;
  }
}
