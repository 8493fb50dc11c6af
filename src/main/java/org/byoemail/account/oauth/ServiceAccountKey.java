package org.byoemail.account.oauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;

/** The key file of a Google service account. Its {@code toString} shows the address only. */
final class ServiceAccountKey {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TYPE = "service_account";

  private final String email;
  private final RSAKey key;

  private ServiceAccountKey(String email, RSAKey key) {
    this.email = email;
    this.key = key;
  }

  /**
   * Reads a key file.
   *
   * @throws OAuthClientInvalid if it is none
   */
  static ServiceAccountKey parse(String json) {
    try {
      JsonNode file = JSON.readTree(json);
      String email = file.path("client_email").asText();
      if (file.path("type").asText().equals(TYPE) && !email.isBlank()) {
        return new ServiceAccountKey(
            email, key(file.path("private_key").asText(), file.path("private_key_id").asText()));
      }
    } catch (JsonProcessingException | GeneralSecurityException | IllegalArgumentException e) {
      // Reported below without the cause, which may quote the key.
    }
    throw new OAuthClientInvalid(
        "secret",
        "must be the JSON key file of a service account, with client_email and private_key");
  }

  private static RSAKey key(String pem, String id) throws GeneralSecurityException {
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    KeyFactory factory = KeyFactory.getInstance("RSA");
    if (factory.generatePrivate(new PKCS8EncodedKeySpec(der)) instanceof RSAPrivateCrtKey crt) {
      return new RSAKey.Builder(
              (java.security.interfaces.RSAPublicKey)
                  factory.generatePublic(
                      new RSAPublicKeySpec(crt.getModulus(), crt.getPublicExponent())))
          .privateKey(crt)
          .keyID(id.isBlank() ? null : id)
          .build();
    }
    throw new GeneralSecurityException("no RSA key");
  }

  String email() {
    return email;
  }

  RSAKey key() {
    return key;
  }

  @Override
  public String toString() {
    return "key of " + email;
  }
}
