package org.byoemail.account.registry;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.springframework.stereotype.Component;

/**
 * Seals and opens secrets with AES-256-GCM, bound to the row that owns them and the field, so that
 * a sealed secret copied to another row or field opens nothing. Thread-safe.
 */
@Component
public class Secrets {
  private static final byte TINK = 1;
  private static final int PREFIX_BYTES = 5;

  private final Aead aead;
  private final byte[] prefix;
  private final List<byte[]> prefixes;

  Secrets(SecretSettings settings) throws GeneralSecurityException {
    AeadConfig.register();
    List<byte[]> all = new ArrayList<>();
    for (String key : settings.keyset()) {
      all.add(
          ByteBuffer.allocate(PREFIX_BYTES)
              .put(TINK)
              .putInt(idOf(SecretSettings.decode(key)))
              .array());
    }
    this.prefixes = List.copyOf(all);
    this.prefix = all.get(0);
    this.aead = keyset(settings.keyset()).getPrimitive(RegistryConfiguration.get(), Aead.class);
  }

  /** Seals the password of one side of an account. */
  public SealedSecret seal(AccountId account, Protocol protocol, String password) {
    return seal(account.value(), protocol.word(), password);
  }

  /**
   * Opens the password of one side of an account.
   *
   * @throws SecretUnreadable if no key opens it: an internal failure, not the server's
   */
  public String open(AccountId account, Protocol protocol, SealedSecret secret) {
    return open(account.value(), protocol.word(), secret);
  }

  /**
   * Seals a secret.
   *
   * @param owner the id of the row
   * @param field what it is of that row, such as {@code smtp}; never shown to anybody but operators
   */
  public SealedSecret seal(UUID owner, String field, String secret) {
    try {
      return new SealedSecret(
          aead.encrypt(secret.getBytes(StandardCharsets.UTF_8), binding(owner, field)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot seal the " + field + " secret of " + owner, e);
    }
  }

  /**
   * Opens a sealed secret.
   *
   * @throws SecretUnreadable if no key opens it: an internal failure, not the server's
   */
  public String open(UUID owner, String field, SealedSecret secret) {
    try {
      return new String(
          aead.decrypt(secret.bytes(), binding(owner, field)), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new SecretUnreadable(
          "no key of byo.secret.keyset opens the "
              + field
              + " secret of "
              + owner
              + ": put the key that sealed it back, or set the secret again",
          e);
    }
  }

  /** How each secret begins that one of the keys has sealed: by it a seal is known in a text. */
  public List<byte[]> prefixes() {
    return prefixes.stream().map(byte[]::clone).toList();
  }

  /**
   * How each secret begins that the first key has sealed: the prefix of Tink, with the key's id.
   */
  byte[] prefix() {
    return prefix.clone();
  }

  private static byte[] binding(UUID owner, String field) {
    return (owner + "/" + field).getBytes(StandardCharsets.UTF_8);
  }

  private static KeysetHandle keyset(List<String> keys) throws GeneralSecurityException {
    AesGcmParameters parameters =
        AesGcmParameters.builder()
            .setKeySizeBytes(32)
            .setIvSizeBytes(12)
            .setTagSizeBytes(16)
            .setVariant(AesGcmParameters.Variant.TINK)
            .build();
    KeysetHandle.Builder builder = KeysetHandle.newBuilder();
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = SecretSettings.decode(keys.get(i));
      int id = idOf(key);
      AesGcmKey aesKey =
          AesGcmKey.builder()
              .setParameters(parameters)
              .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
              .setIdRequirement(id)
              .build();
      KeysetHandle.Builder.Entry entry = KeysetHandle.importKey(aesKey);
      builder.addEntry(i == 0 ? entry.makePrimary() : entry);
    }
    return builder.build();
  }

  // The key id precedes the ciphertext; derived from the key, it survives rotation.
  private static int idOf(byte[] key) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
    return ByteBuffer.wrap(digest).getInt() & Integer.MAX_VALUE | 1;
  }
}
