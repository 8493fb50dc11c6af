package org.byoemail.account.connection;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The extensions in a server's EHLO reply (RFC 5321 section 4.1.1.1). */
final class SmtpExtensions {
  /** The extensions of a server that supports HELO only: none. */
  static final SmtpExtensions NONE = new SmtpExtensions(List.of());

  private static final int CODE = 4;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private final Map<String, String> parameters = new HashMap<>();

  /**
   * @param lines of the reply, with their codes
   */
  SmtpExtensions(List<String> lines) {
    // The first line is a greeting.
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      if (line.length() > CODE) {
        String[] parts = line.substring(CODE).split(" ", 2);
        parameters.put(parts[0].toUpperCase(Locale.ROOT), parts.length > 1 ? parts[1] : "");
      }
    }
  }

  boolean has(String extension) {
    return parameters.containsKey(extension);
  }

  /** Whether the server offers AUTH. */
  boolean hasAuth() {
    return has("AUTH") || has("AUTH=LOGIN");
  }

  /** Whether the server offers that AUTH mechanism. */
  boolean hasAuth(String mechanism) {
    String offered = parameters.getOrDefault("AUTH", "");
    // The syntax before RFC 2554.
    return List.of(offered.toUpperCase(Locale.ROOT).strip().split("\\s+")).contains(mechanism)
        || has("AUTH=" + mechanism);
  }

  /** The most bytes that a mail may have (RFC 1870); 0: the server sets no limit. */
  long maxSize() {
    @Nullable String limit = parameters.get("SIZE");
    return limit != null && NUMBER.matcher(limit.strip()).matches()
        ? Long.parseLong(limit.strip())
        : 0;
  }
}
