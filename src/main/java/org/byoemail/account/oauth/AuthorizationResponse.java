package org.byoemail.account.oauth;

import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's redirect brought (RFC 6749 sections 4.1.2 and 4.1.2.1, RFC 9207), as it came.
 *
 * @param provider the name in the path of the redirect URI
 * @param organization the organisation in that path; if absent, the operator
 */
public record AuthorizationResponse(
    String provider,
    OrganizationId organization,
    @Nullable String state,
    @Nullable String code,
    @Nullable String issuer,
    @Nullable String error,
    @Nullable String errorDescription) {
  private static final int MAX_CODE = 8192;
  private static final int MAX_DESCRIPTION = 4096;

  /** The authorization code; null if absent or malformed. */
  @Nullable String boundedCode() {
    return code == null || code.isBlank() || code.length() > MAX_CODE ? null : code;
  }

  /** The beginning of the provider's message; empty if absent. */
  String words() {
    String words =
        (error == null ? "" : error) + " " + (errorDescription == null ? "" : errorDescription);
    return words.substring(0, Math.min(MAX_DESCRIPTION, words.length())).strip();
  }

  @Override
  public String toString() {
    return "AuthorizationResponse[" + provider + "]";
  }
}
