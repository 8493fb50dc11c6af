package org.byoemail.platform.access;

import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.webauthn.api.AuthenticatorAssertionResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorAttestationResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorTransport;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.PublicKeyCredential;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialType;

/**
 * The answer of a browser to a challenge, in Base64 for URLs. It is not trusted before it is
 * verified.
 */
public final class PasskeyAnswer {
  /** WebAuthn allows credential ids of 1,023 bytes. */
  private static final int MAX_ID = 1_364;

  private static final int MAX_FIELD = 16_384;
  private static final int MAX_TRANSPORTS = 100;

  private PasskeyAnswer() {}

  /**
   * The answer of a registration.
   *
   * @param transports separated by spaces
   */
  public record Registration(
      String credential, String clientData, String attestation, String transports) {

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if a field is too long or not Base64
     */
    PublicKeyCredential<AuthenticatorAttestationResponse> read() {
      AuthenticatorAttestationResponse response =
          AuthenticatorAttestationResponse.builder()
              .clientDataJSON(bytes(clientData, MAX_FIELD))
              .attestationObject(bytes(attestation, MAX_FIELD))
              .transports(
                  transports.length() > MAX_TRANSPORTS
                      ? List.of()
                      : known(List.of(transports.split(" "))))
              .build();
      return PublicKeyCredential.<AuthenticatorAttestationResponse>builder()
          .id(credential)
          .rawId(bytes(credential, MAX_ID))
          .type(PublicKeyCredentialType.PUBLIC_KEY)
          .response(response)
          .build();
    }
  }

  /**
   * The answer of a login.
   *
   * @param userHandle of the person, as the authenticator keeps it
   */
  public record Assertion(
      String credential,
      String clientData,
      String authenticatorData,
      String signature,
      String userHandle) {

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if a field is too long or not Base64
     */
    PublicKeyCredential<AuthenticatorAssertionResponse> read() {
      AuthenticatorAssertionResponse response =
          AuthenticatorAssertionResponse.builder()
              .clientDataJSON(bytes(clientData, MAX_FIELD))
              .authenticatorData(bytes(authenticatorData, MAX_FIELD))
              .signature(bytes(signature, MAX_FIELD))
              .userHandle(bytes(userHandle, MAX_FIELD))
              .build();
      return PublicKeyCredential.<AuthenticatorAssertionResponse>builder()
          .id(credential)
          .rawId(bytes(credential, MAX_ID))
          .type(PublicKeyCredentialType.PUBLIC_KEY)
          .response(response)
          .build();
    }
  }

  private static Bytes bytes(@Nullable String text, int longest) {
    if (text == null || text.isEmpty() || text.length() > longest) {
      throw new IllegalArgumentException("a field of the answer is empty or too long");
    }
    return new Bytes(Base64.getUrlDecoder().decode(text));
  }

  /** Words that a later standard adds are left out. */
  static List<AuthenticatorTransport> known(List<String> words) {
    return Stream.of(AuthenticatorTransport.values())
        .filter(transport -> words.contains(transport.getValue()))
        .toList();
  }
}
