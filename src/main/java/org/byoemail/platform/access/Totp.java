package org.byoemail.platform.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.byoemail.format.mail.Base32;
import org.byoemail.format.mail.Tokens;

/**
 * Time-based one-time passwords (RFC 6238), as every authenticator app computes them: with
 * HMAC-SHA-1, 6 digits and steps of 30 seconds.
 */
final class Totp {
  static final int DIGITS = 6;
  static final int STEP_SECONDS = 30;

  /** How many steps a clock may be behind or ahead (RFC 6238 section 5.2). */
  private static final int WINDOW = 1;

  /** The length of the hash (RFC 4226 section 4). */
  private static final int SECRET_BYTES = 20;

  private static final String ALGORITHM = "HmacSHA1";
  private static final int MODULUS = 1_000_000;

  private Totp() {}

  /** A new secret in Base32. */
  static String newSecret() {
    return Tokens.base32(SECRET_BYTES);
  }

  /** The step of a time. */
  static long step(long epochSeconds) {
    return Math.floorDiv(epochSeconds, STEP_SECONDS);
  }

  /** The code of a step (RFC 4226 section 5.3). */
  static String code(String secret, long step) {
    byte[] hash;
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(Base32.decode(secret), ALGORITHM));
      hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
    int offset = hash[hash.length - 1] & 0xf;
    int number = ByteBuffer.wrap(hash).getInt(offset) & Integer.MAX_VALUE;
    return String.format(Locale.ROOT, "%06d", number % MODULUS);
  }

  /**
   * The step within the window whose code this is; empty: none.
   *
   * @param after only later steps count
   */
  static OptionalLong matching(String secret, String code, long epochSeconds, long after) {
    long now = step(epochSeconds);
    OptionalLong found = OptionalLong.empty();
    for (long step = now - WINDOW; step <= now + WINDOW; step++) {
      boolean same =
          MessageDigest.isEqual(
              code(secret, step).getBytes(StandardCharsets.US_ASCII),
              code.getBytes(StandardCharsets.UTF_8));
      if (same && step > after) {
        found = OptionalLong.of(step);
      }
    }
    return found;
  }

  /** Whether a text without spaces has the form of a code. */
  static boolean isCode(String text) {
    return text.length() == DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
