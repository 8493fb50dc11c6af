package org.byoemail.format.authentication;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A public key of a domain (RFC 6376 section 3.6.1, RFC 8463 section 4).
 *
 * @param doubt why a signature by it proves nothing; null if it proves its domain
 * @param sameDomain whether it signs for its own domain only, not for those below
 */
record DkimKey(PublicKey key, @Nullable String doubt, boolean sameDomain) {
  private static final int MAX_BITS = 8192;
  private static final int MIN_BITS = 1024;
  private static final int MAX_EXPONENT_BITS = 64;
  private static final int ED25519_BYTES = 32;
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final byte[] RSA_PREFIX =
      HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final int SHORT_LENGTH = 0x80;

  /**
   * Reads a record.
   *
   * @param algorithm {@code rsa} or {@code ed25519}
   * @return empty if it is malformed, revoked, or a key for something else
   */
  static Optional<DkimKey> parse(String record, String algorithm) {
    TagList tags = TagList.parse(record).orElse(null);
    if (tags == null
        || !tags.word("v", "dkim1").equals("dkim1")
        || !tags.word("k", "rsa").equals(algorithm)
        || !list(tags, "h", "sha256").contains("sha256")
        || list(tags, "s", "*").stream().noneMatch(s -> s.equals("*") || s.equals("email"))) {
      return Optional.empty();
    }
    List<String> flags = list(tags, "t", "");
    try {
      byte[] bytes = Base64.getDecoder().decode(tags.compact("p", ""));
      PublicKey key = algorithm.equals("rsa") ? rsa(bytes) : ed25519(bytes);
      String doubt = flags.contains("y") ? "its key is a test key" : tooShort(key);
      return Optional.of(new DkimKey(key, doubt, flags.contains("s")));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private static List<String> list(TagList tags, String name, String otherwise) {
    return Arrays.asList(tags.word(name, otherwise).split(":", 20));
  }

  private static @Nullable String tooShort(PublicKey key) {
    return key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < MIN_BITS
        ? "its key has fewer than 1,024 bits"
        : null;
  }

  private static PublicKey rsa(byte[] bytes) throws GeneralSecurityException {
    KeyFactory keys = KeyFactory.getInstance("RSA");
    PublicKey key;
    try {
      key = keys.generatePublic(new X509EncodedKeySpec(bytes));
    } catch (GeneralSecurityException e) {
      // Some domains publish the inner RSAPublicKey of PKCS #1.
      key = keys.generatePublic(new X509EncodedKeySpec(wrapped(bytes)));
    }
    RSAPublicKey rsa = (RSAPublicKey) key;
    // Else a hostile key would cost seconds.
    if (rsa.getModulus().bitLength() > MAX_BITS
        || rsa.getPublicExponent().bitLength() > MAX_EXPONENT_BITS) {
      throw new GeneralSecurityException("a key that is too long");
    }
    return key;
  }

  private static byte[] wrapped(byte[] pkcs1) throws GeneralSecurityException {
    if (pkcs1.length > MAX_BITS) {
      throw new GeneralSecurityException("a key that is too long");
    }
    ByteArrayOutputStream bits = new ByteArrayOutputStream();
    bits.writeBytes(RSA_PREFIX);
    bits.write(0x03);
    length(bits, pkcs1.length + 1);
    bits.write(0);
    bits.writeBytes(pkcs1);
    ByteArrayOutputStream sequence = new ByteArrayOutputStream();
    sequence.write(0x30);
    length(sequence, bits.size());
    sequence.writeBytes(bits.toByteArray());
    return sequence.toByteArray();
  }

  /** A length in DER. */
  private static void length(ByteArrayOutputStream out, int length) {
    if (length < SHORT_LENGTH) {
      out.write(length);
    } else {
      out.write(SHORT_LENGTH + 2);
      out.write(length >> 8);
      out.write(length & 0xff);
    }
  }

  private static PublicKey ed25519(byte[] bytes) throws GeneralSecurityException {
    if (bytes.length != ED25519_BYTES) {
      throw new GeneralSecurityException("an Ed25519 key has 32 bytes");
    }
    byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + bytes.length);
    System.arraycopy(bytes, 0, encoded, ED25519_PREFIX.length, bytes.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** Whether it made that signature over the header fields. */
  boolean verifies(byte[] signed, byte[] signature) {
    try {
      boolean rsa = key instanceof RSAPublicKey;
      Signature verifier = Signature.getInstance(rsa ? "SHA256withRSA" : "Ed25519");
      verifier.initVerify(key);
      // Ed25519 signs the hash (RFC 8463 section 3).
      verifier.update(rsa ? signed : Hashes.sha256().digest(signed));
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
