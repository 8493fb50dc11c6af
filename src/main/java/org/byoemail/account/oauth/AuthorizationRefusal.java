package org.byoemail.account.oauth;

import org.jspecify.annotations.Nullable;

/**
 * Why a sign-in at a provider brought no token. Nothing was changed.
 *
 * @param message for the person in front of the browser; no secret
 * @param link the page where an administrator consents for all; null: none
 */
public record AuthorizationRefusal(Reason reason, String message, @Nullable String link) {

  /** The kinds of refusals. */
  public enum Reason {
    /** The person did not consent ({@code access_denied}, RFC 6749 section 4.1.2.1). */
    DENIED,
    /** Only an administrator may consent. */
    ADMINISTRATOR_NEEDED,
    /** The answer came from another issuer than the request went to (RFC 9207). */
    WRONG_ISSUER,
    /** The provider reported another error, or its token response was refused. */
    PROVIDER_FAILED,
    /** The ID token is missing, or did not pass its checks. */
    WRONG_ID_TOKEN,
    /** The OAuth client was changed or deleted meanwhile. */
    CLIENT_CHANGED
  }
}
