package org.byoemail.account.oauth;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a token endpoint issued. Its tokens never reach {@code toString}. */
public final class TokenSet {
  private final String accessToken;
  private final @Nullable String refreshToken;
  private final Instant expiresAt;
  private final List<String> scopes;
  private final @Nullable IdTokenClaims claims;
  private final @Nullable String idToken;

  /**
   * The person that an ID token names; each is null if absent.
   *
   * @param tenant {@code tid} of Microsoft
   * @param objectId {@code oid} of Microsoft
   */
  public record IdTokenClaims(
      @Nullable String issuer,
      @Nullable String subject,
      @Nullable String tenant,
      @Nullable String objectId,
      @Nullable String email,
      @Nullable String upn,
      @Nullable String nonce) {
    /** Without the nonce. */
    @Override
    public String toString() {
      return "IdTokenClaims[issuer=" + issuer + ", subject=" + subject + ", email=" + email + "]";
    }
  }

  TokenSet(
      String accessToken,
      @Nullable String refreshToken,
      Instant expiresAt,
      List<String> scopes,
      @Nullable IdTokenClaims claims) {
    this(accessToken, refreshToken, expiresAt, scopes, claims, null);
  }

  /**
   * @param idToken as it was issued, to be verified by the authorization request that it belongs to
   */
  TokenSet(
      String accessToken,
      @Nullable String refreshToken,
      Instant expiresAt,
      List<String> scopes,
      @Nullable IdTokenClaims claims,
      @Nullable String idToken) {
    this.idToken = idToken;
    this.accessToken = accessToken;
    this.refreshToken = refreshToken;
    this.expiresAt = expiresAt;
    this.scopes = List.copyOf(scopes);
    this.claims = claims;
  }

  /** The access token. */
  public String accessToken() {
    return accessToken;
  }

  /** The refresh token; null if none was issued. */
  public @Nullable String refreshToken() {
    return refreshToken;
  }

  /** When the access token expires, by this node's clock. */
  public Instant expiresAt() {
    return expiresAt;
  }

  /** The granted scopes; empty if the provider did not name them. */
  public List<String> scopes() {
    return scopes;
  }

  /** The claims of the ID token; null if none was issued. */
  public @Nullable IdTokenClaims idTokenClaims() {
    return claims;
  }

  /** The ID token as it was issued; null if none was. */
  @Nullable String idToken() {
    return idToken;
  }

  /** The same tokens with claims whose signature was verified. */
  TokenSet withClaims(@Nullable IdTokenClaims verified) {
    return new TokenSet(accessToken, refreshToken, expiresAt, scopes, verified, idToken);
  }

  @Override
  public String toString() {
    return "TokenSet[expiresAt=" + expiresAt + ", scopes=" + scopes + "]";
  }
}
