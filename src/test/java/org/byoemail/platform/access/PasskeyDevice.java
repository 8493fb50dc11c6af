package org.byoemail.platform.access;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.Tokens;

/**
 * An authenticator that answers whatever it is told to, also what a browser would not: with the
 * wrong origin, without user verification, for somebody else.
 */
final class PasskeyDevice {
  private static final int PRESENT = 0x01;
  private static final int VERIFIED = 0x04;
  private static final int ATTESTED = 0x40;
  private static final int COORDINATE = 32;

  private final KeyPair keys;
  private final byte[] id = HexFormat.of().parseHex(Tokens.hex(32));
  private String party = "gateway.example.test";
  private String origin = "https://gateway.example.test";
  private boolean verifies = true;
  private int count;

  PasskeyDevice() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      this.keys = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  PasskeyDevice atOrigin(String other) {
    origin = other;
    return this;
  }

  PasskeyDevice forParty(String other) {
    party = other;
    return this;
  }

  PasskeyDevice withoutVerification() {
    verifies = false;
    return this;
  }

  /** The signatures start to be counted from here: a copy of the device would be behind. */
  PasskeyDevice countingFrom(int first) {
    count = first;
    return this;
  }

  String id() {
    return text(id);
  }

  /** The fields of the form that registers it. */
  Map<String, String> created(String challenge) {
    byte[] key = publicKey();
    byte[] data =
        ByteBuffer.allocate(16 + 2 + id.length + key.length)
            .put(new byte[16])
            .putShort((short) id.length)
            .put(id)
            .put(key)
            .array();
    byte[] attestation =
        cbor(
            out -> {
              out.writeStartObject(3);
              out.writeStringField("fmt", "none");
              out.writeFieldName("attStmt");
              out.writeStartObject(0);
              out.writeEndObject();
              out.writeBinaryField("authData", authenticatorData(ATTESTED, data));
              out.writeEndObject();
            });
    return Map.of(
        "credential", id(),
        "clientData", text(clientData("webauthn.create", challenge)),
        "attestation", text(attestation),
        "transports", "internal hybrid unheard-of");
  }

  /** The fields of the form that logs in with it. */
  Map<String, String> used(String challenge, UUID person) {
    count++;
    byte[] client = clientData("webauthn.get", challenge);
    byte[] data = authenticatorData(0, new byte[0]);
    return Map.of(
        "credential", id(),
        "clientData", text(client),
        "authenticatorData", text(data),
        "signature", text(signed(data, client)),
        "userHandle", text(PasskeyRepository.handle(person).getBytes()));
  }

  private byte[] signed(byte[] data, byte[] client) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(data);
      signature.update(MessageDigest.getInstance("SHA-256").digest(client));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] clientData(String type, String challenge) {
    return ("{\"type\":\""
            + type
            + "\",\"challenge\":\""
            + challenge
            + "\",\"origin\":\""
            + origin
            + "\",\"crossOrigin\":false}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] authenticatorData(int flags, byte[] more) {
    return ByteBuffer.allocate(32 + 1 + 4 + more.length)
        .put(Tokens.sha256(party))
        .put((byte) (PRESENT | (verifies ? VERIFIED : 0) | flags))
        .putInt(count)
        .put(more)
        .array();
  }

  /** A key of COSE (RFC 9053 section 7.1). */
  private byte[] publicKey() {
    ECPublicKey key = (ECPublicKey) keys.getPublic();
    return cbor(
        out -> {
          out.writeStartObject(5);
          out.writeFieldId(1);
          out.writeNumber(2);
          out.writeFieldId(3);
          out.writeNumber(-7);
          out.writeFieldId(-1);
          out.writeNumber(1);
          out.writeFieldId(-2);
          out.writeBinary(coordinate(key.getW().getAffineX().toByteArray()));
          out.writeFieldId(-3);
          out.writeBinary(coordinate(key.getW().getAffineY().toByteArray()));
          out.writeEndObject();
        });
  }

  private static byte[] coordinate(byte[] number) {
    byte[] fixed = new byte[COORDINATE];
    int length = Math.min(number.length, COORDINATE);
    System.arraycopy(number, number.length - length, fixed, COORDINATE - length, length);
    return fixed;
  }

  private interface Writing {
    void to(CBORGenerator out) throws IOException;
  }

  private static byte[] cbor(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CBORGenerator out = new CBORFactory().createGenerator(bytes)) {
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
