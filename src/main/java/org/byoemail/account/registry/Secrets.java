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
import java.util.List;
import org.byoemail.format.mail.AccountId;
import org.springframework.stereotype.Component;

/**
 * Seals and opens the passwords of accounts with AES-256-GCM, bound to the account and the side, so
 * that a sealed password copied to another row opens nothing. Thread-safe.
 */
@Component
public class Secrets {
  private final Aead aead;

  Secrets(SecretSettings settings) throws GeneralSecurityException {
    AeadConfig.register();
    this.aead = keyset(settings.keyset()).getPrimitive(RegistryConfiguration.get(), Aead.class);
  }

  /** Seals a password. */
  public SealedSecret seal(AccountId account, Protocol protocol, String password) {
    try {
      return new SealedSecret(
          aead.encrypt(password.getBytes(StandardCharsets.UTF_8), binding(account, protocol)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot seal the password of account " + account, e);
    }
  }

  /**
   * Opens a sealed password.
   *
   * @throws IllegalStateException if no key opens it: an internal failure, not the server's
   */
  public String open(AccountId account, Protocol protocol, SealedSecret secret) {
    try {
      return new String(
          aead.decrypt(secret.bytes(), binding(account, protocol)), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "no key of byo.secret.keyset opens the "
              + protocol.word()
              + " password of account "
              + account
              + ": put the key that sealed it back, or set the password again",
          e);
    }
  }

  private static byte[] binding(AccountId account, Protocol protocol) {
    return (account + "/" + protocol.word()).getBytes(StandardCharsets.UTF_8);
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
