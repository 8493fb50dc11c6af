package org.byoemail.account.link;

import java.util.regex.Pattern;
import org.byoemail.format.mail.Tokens;

/**
 * The tokens of links and the cookies of browsers: 256 random bits, kept as SHA-256, which need no
 * slow hash.
 */
final class LinkSecrets {
  private static final int BYTES = 32;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");

  private LinkSecrets() {}

  static String next() {
    return Tokens.base64Url(BYTES);
  }

  /** Whether a text has the form of a secret. */
  static boolean isFormed(String secret) {
    return FORM.matcher(secret).matches();
  }

  static byte[] sha256(String secret) {
    return Tokens.sha256(secret);
  }
}
