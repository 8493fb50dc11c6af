package org.byoemail.webhook;

import com.google.crypto.tink.PublicKeySign;
import com.google.crypto.tink.subtle.Ed25519Sign;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of one webhook: an HMAC-SHA256 key ({@code v1}) and an Ed25519 key pair ({@code v1a}),
 * as Standard Webhooks describes. Immutable and thread-safe; its {@code toString} shows no key.
 */
final class SigningKeys {
  private static final int HMAC_BYTES = 32;
  private static final int PUBLIC_BYTES = 32;
  private static final int MAX_SIGNATURES = 10;
  private static final String HMAC = "HmacSHA256";
  private static final String ED25519 = "Ed25519";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec hmac;
  private final PrivateKey privateKey;
  private final byte[] publicKey;

  /** By Tink, which signs in an eighth of the time that the JDK takes. */
  private final PublicKeySign signer;

  private SigningKeys(byte[] hmac, PrivateKey privateKey, byte[] publicKey)
      throws GeneralSecurityException {
    this.hmac = new SecretKeySpec(hmac, HMAC);
    this.privateKey = privateKey;
    this.publicKey = publicKey.clone();
    this.signer =
        new Ed25519Sign(
            ((EdECPrivateKey) privateKey)
                .getBytes()
                .orElseThrow(() -> new GeneralSecurityException("the key has no octets")));
  }

  /** New random keys. */
  static SigningKeys generate() {
    try {
      byte[] hmac = new byte[HMAC_BYTES];
      RANDOM.nextBytes(hmac);
      KeyPair pair = KeyPairGenerator.getInstance(ED25519).generateKeyPair();
      // SubjectPublicKeyInfo ends with the key itself (RFC 8410 section 4).
      byte[] encoded = pair.getPublic().getEncoded();
      return new SigningKeys(
          hmac,
          pair.getPrivate(),
          Arrays.copyOfRange(encoded, encoded.length - PUBLIC_BYTES, encoded.length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot generate Ed25519 keys", e);
    }
  }

  /** Parses keys from {@link #hmacText} and {@link #privateText}. */
  static SigningKeys of(String hmac, String privateKey, byte[] publicKey) {
    try {
      return new SigningKeys(
          Base64.getDecoder().decode(hmac),
          KeyFactory.getInstance(ED25519)
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(privateKey))),
          publicKey);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the signing keys of a webhook cannot be read", e);
    }
  }

  String hmacText() {
    return Base64.getEncoder().encodeToString(hmac.getEncoded());
  }

  String privateText() {
    return Base64.getEncoder().encodeToString(privateKey.getEncoded());
  }

  /** The secret in the format of the Standard Webhooks libraries. */
  String secret() {
    return "whsec_" + hmacText();
  }

  byte[] publicKey() {
    return publicKey.clone();
  }

  /**
   * The signatures of one message, for the header {@code webhook-signature}.
   *
   * @param timestamp in seconds since 1970
   */
  String sign(UUID id, long timestamp, byte[] body) {
    byte[] start = (id + "." + timestamp + ".").getBytes(StandardCharsets.US_ASCII);
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(hmac);
      byte[] signed = ByteBuffer.allocate(start.length + body.length).put(start).put(body).array();
      Base64.Encoder base64 = Base64.getEncoder();
      return "v1,"
          + base64.encodeToString(mac.doFinal(signed))
          + " v1a,"
          + base64.encodeToString(signer.sign(signed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a webhook cannot be signed", e);
    }
  }

  /**
   * Whether one of the signatures of a header {@code webhook-signature} is ours by the HMAC key.
   *
   * @param timestamp in seconds since 1970
   */
  boolean verifies(UUID id, long timestamp, byte[] body, String signatures) {
    byte[] expected;
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(hmac);
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.US_ASCII));
      expected = Base64.getEncoder().encode(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a signature cannot be verified", e);
    }
    boolean found = false;
    for (String one : signatures.split(" ", MAX_SIGNATURES)) {
      found |=
          one.startsWith("v1,")
              && MessageDigest.isEqual(
                  expected, one.substring("v1,".length()).getBytes(StandardCharsets.UTF_8));
    }
    return found;
  }

  @Override
  public String toString() {
    return "signing keys";
  }
}
