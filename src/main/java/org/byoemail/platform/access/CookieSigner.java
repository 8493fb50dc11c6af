package org.byoemail.platform.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.byoemail.format.mail.Tokens;

/**
 * Signs the values of cookies by HMAC-SHA256. The key is derived from the admin key: the same on
 * every node, and of no use for guessing the console's password. Thread-safe.
 */
final class CookieSigner {
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  /**
   * @param purpose a signature is valid for one purpose only
   */
  CookieSigner(String purpose, ApiSettings settings) {
    this.key = new SecretKeySpec(Tokens.sha256(purpose + "\n" + settings.adminKey()), ALGORITHM);
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

  /** Whether the signature is that of the text; takes the same time for every wrong one. */
  boolean verifies(String text, String signature) {
    return MessageDigest.isEqual(
        sign(text).getBytes(StandardCharsets.US_ASCII),
        signature.getBytes(StandardCharsets.US_ASCII));
  }
}
