package org.byoemail.account.connection;

import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes what was sent to sign in out of a server's words, should it echo it. */
final class Redaction {
  private static final int MAX_LENGTH = 1000;
  private static final Pattern BREAKS = Pattern.compile("[\\p{Cntrl}\\s]+");

  private final List<String> secrets;

  Redaction(@Nullable String user, @Nullable String password) {
    this.secrets =
        password == null || password.isEmpty()
            ? List.of()
            : Stream.of(
                    password,
                    base64(password),
                    base64("\0" + user + "\0" + password),
                    base64(user + "\0" + user + "\0" + password))
                .toList();
  }

  private Redaction(List<String> secrets) {
    this.secrets = secrets;
  }

  /** Takes these out. */
  static Redaction of(Stream<String> secrets) {
    return new Redaction(secrets.toList());
  }

  /** One line of printable text. */
  String clean(@Nullable String words) {
    if (words == null) {
      return "";
    }
    String shown = words;
    for (String secret : secrets) {
      shown = shown.replace(secret, "[hidden]");
    }
    if (!isOneLine(shown)) {
      shown = BREAKS.matcher(shown).replaceAll(" ").strip();
    }
    return shown.length() > MAX_LENGTH ? shown.substring(0, MAX_LENGTH) : shown;
  }

  /** Whether it is clean already, as nearly every reply is. */
  private static boolean isOneLine(String words) {
    boolean blank = true;
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      if (c < ' ' || c > '~' || c == ' ' && blank) {
        return false;
      }
      blank = c == ' ';
    }
    return !blank;
  }

  /** Why a connection was lost. */
  String lost(Exception e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String words = clean(root.getMessage());
    return words.isEmpty() || root instanceof EOFException
        ? "the connection was lost"
        : "the connection was lost: " + words;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "Redaction";
  }
}
