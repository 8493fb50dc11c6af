package org.byoemail.platform.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.byoemail.format.mail.Tokens;

/**
 * Signs the values of cookies by HMAC-SHA256. The key is derived from the admin key: the same on
 * every node, and of no use for guessing the console's password. Thread-safe.
 */
final class CookieSigner {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAX_LENGTH = 500;

  private final SecretKeySpec key;

  /**
   * @param purpose a signature is valid for one purpose only
   */
  CookieSigner(String purpose, ApiSettings settings) {
    this.key = new SecretKeySpec(Tokens.sha256(purpose + "\n" + settings.adminKey()), ALGORITHM);
  }

  /**
   * A signed value that is valid for a while.
   *
   * @param words without dots
   */
  String sign(Instant until, String... words) {
    String text = until.getEpochSecond() + "." + String.join(".", words);
    return text + "." + sign(text);
  }

  /** The words of a value ({@link #sign(Instant, String...)}); empty: forged or expired. */
  Optional<List<String>> open(String value, Instant now) {
    int end = value.lastIndexOf('.');
    if (value.length() > MAX_LENGTH
        || end < 0
        || !verifies(value.substring(0, end), value.substring(end + 1))) {
      return Optional.empty();
    }
    List<String> parts = List.of(value.substring(0, end).split("\\."));
    return now.isBefore(Instant.ofEpochSecond(Long.parseLong(parts.get(0))))
        ? Optional.of(parts.subList(1, parts.size()))
        : Optional.empty();
  }

  /** The signature: 64 hexadecimal digits. */
  String sign(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** Whether the text has this signature; takes the same time for every wrong one. */
  boolean verifies(String text, String signature) {
    return MessageDigest.isEqual(
        sign(text).getBytes(StandardCharsets.US_ASCII),
        signature.getBytes(StandardCharsets.US_ASCII));
  }
}
