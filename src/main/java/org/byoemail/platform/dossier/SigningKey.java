package org.byoemail.platform.dossier;

import com.google.crypto.tink.subtle.Ed25519Sign;
import com.google.crypto.tink.subtle.Ed25519Verify;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** The Ed25519 key (RFC 8032) that heads of chains are signed with. Thread-safe. */
final class SigningKey {
  private static final int SEED_BYTES = 32;
  private static final int KEY_BYTES = 32;

  /** PKCS #8 (RFC 8410 section 7), before the seed. */
  private static final byte[] PRIVATE_PREFIX =
      HexFormat.of().parseHex("302e020100300506032b657004220420");

  /** SubjectPublicKeyInfo (RFC 8410 section 4), before the key. */
  private static final byte[] PUBLIC_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final Ed25519Sign signer;
  private final byte[] publicKey;

  private SigningKey(byte[] seed) throws GeneralSecurityException {
    this.signer = new Ed25519Sign(seed);
    this.publicKey = Ed25519Sign.KeyPair.newKeyPairFromSeed(seed).getPublicKey();
  }

  /**
   * Reads a private key: Base64 of its 32 bytes, or of PKCS #8.
   *
   * @throws IllegalArgumentException if it is neither; the message does not contain it
   */
  static SigningKey parse(String text) {
    byte[] seed = decode(text, PRIVATE_PREFIX, SEED_BYTES, "byo.dossier.signing-key");
    try {
      return new SigningKey(seed);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("byo.dossier.signing-key: cannot be used", e);
    }
  }

  /**
   * Reads a public key: PEM, or Base64 of its 32 bytes or of SubjectPublicKeyInfo.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  static byte[] parsePublic(String text) {
    String body =
        text.lines()
            .filter(line -> !line.startsWith("-----"))
            .reduce("", (one, next) -> one + next.strip());
    return decode(body, PUBLIC_PREFIX, KEY_BYTES, "the public key");
  }

  private static byte[] decode(String text, byte[] prefix, int length, String name) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": must be Base64");
    }
    if (bytes.length == prefix.length + length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length)) {
      return Arrays.copyOfRange(bytes, prefix.length, bytes.length);
    }
    if (bytes.length != length) {
      throw new IllegalArgumentException(
          name + ": must be an Ed25519 key of 32 bytes, or its DER form, in Base64");
    }
    return bytes;
  }

  /** The id of a public key: the first 16 hexadecimal digits of its SHA-256. */
  static String idOf(byte[] publicKey) {
    return HexFormat.of().formatHex(DossierDigests.sha256(publicKey)).substring(0, 16);
  }

  String id() {
    return idOf(publicKey);
  }

  byte[] publicKey() {
    return publicKey.clone();
  }

  byte[] sign(byte[] head) {
    try {
      return signer.sign(DossierDigests.signed(head));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a head cannot be signed", e);
    }
  }

  static boolean isValid(byte[] publicKey, byte[] head, byte[] signature) {
    try {
      new Ed25519Verify(publicKey).verify(signature, DossierDigests.signed(head));
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "signing key " + id();
  }
}
