package org.byoemail.format.mail;

/** What may stand around and within an address without being part of it (RFC 5322 section 4.4). */
final class AddressSyntax {
  private AddressSyntax() {}

  /** The address without comments, blanks around its @ and its dots, route, scheme and brackets. */
  static String bare(String text) {
    String bare = withoutBlanks(text);
    // A route in front of the address is to be ignored (RFC 5321 section 4.1.1.3).
    if (bare.startsWith("@")) {
      bare = bare.substring(bare.indexOf(':') + 1);
    }
    for (String scheme : new String[] {"mailto:", "smtp:"}) {
      if (bare.regionMatches(true, 0, scheme, 0, scheme.length())) {
        bare = bare.substring(scheme.length());
      }
    }
    if (bare.startsWith("[") && bare.indexOf('@') > 0) {
      bare = bare.substring(1);
    }
    if (bare.endsWith("]") && bare.indexOf("@[") < 0) {
      bare = bare.substring(0, bare.length() - 1);
    }
    boolean quoted = bare.length() > 2 && bare.startsWith("'") && bare.endsWith("'");
    return quoted ? bare.substring(1, bare.length() - 1) : bare;
  }

  /** Whether it has neither blanks nor comments. */
  private static boolean isCompact(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(' || c == ')' || Character.isWhitespace(c) || Character.isISOControl(c)) {
        return false;
      }
    }
    return true;
  }

  /** In quotes, as the part before the @ can stand. */
  static String quoted(String content) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < content.length(); i++) {
      char c = content.charAt(i);
      out.append(c == '"' || c == '\\' ? "\\" : "").append(c);
    }
    return out.append('"').toString();
  }

  private static String withoutBlanks(String text) {
    if (isCompact(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    boolean inQuotes = false;
    boolean blank = false;
    boolean comments = text.indexOf('(') >= 0 && text.indexOf(')') >= 0;
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!inQuotes && comments && (c == '(' || c == ')' && depth > 0)) {
        depth += c == '(' ? 1 : -1;
        continue;
      }
      if (depth > 0) {
        continue;
      }
      if (!inQuotes && (Character.isWhitespace(c) || Character.isISOControl(c))) {
        blank = true;
        continue;
      }
      boolean joins =
          c == '@' || c == '.' || out.isEmpty() || "@.".indexOf(out.charAt(out.length() - 1)) >= 0;
      if (blank && !joins) {
        out.append(' ');
      }
      blank = false;
      inQuotes ^= c == '"' && !(inQuotes && text.charAt(i - 1) == '\\');
      out.append(c);
    }
    return out.toString();
  }
}
