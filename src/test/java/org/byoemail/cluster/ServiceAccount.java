package org.byoemail.cluster;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.support.TokenServer;

/**
 * A service account whose delegation covers every mailbox.
 *
 * @param email its name
 * @param key its private key, Base64 in lines
 */
record ServiceAccount(String email, String key) {
  private static final int BITS = 2048;

  /** One that the token server knows. */
  static ServiceAccount known() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      KeyPair keys = generator.generateKeyPair();
      String email = "robot-" + UUID.randomUUID() + "@project.example.test";
      TokenServer.shared().serviceAccount(email, (RSAPublicKey) keys.getPublic());
      return new ServiceAccount(
          email, Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The file that the provider gives for its key. */
  String json() {
    return Cluster.json(
        Map.of(
            "type",
            "service_account",
            "client_email",
            email,
            "private_key_id",
            "key-1",
            "private_key",
            "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n"));
  }

  /** The lines of the key, but for the first, which begins as in every key, and the last. */
  List<String> secretLines() {
    String[] lines = key.split("\r\n");
    return List.of(Arrays.copyOfRange(lines, 1, lines.length - 1));
  }

  @Override
  public String toString() {
    return email;
  }
}
