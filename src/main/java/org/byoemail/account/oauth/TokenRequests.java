package org.byoemail.account.oauth;

import org.springframework.stereotype.Component;

/**
 * Requests to token endpoints. Answers are bounded in bytes and time, redirects are not followed,
 * and hosts are vetted. Blocks the calling thread for seconds; not to be called in a transaction.
 * Safe for use by many threads.
 */
@Component
public class TokenRequests {

  /**
   * Exchanges an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
   *
   * @param verifier the PKCE code verifier
   * @throws OAuthFailed if the provider refuses or does not answer
   */
  public TokenSet exchange(
      OAuthProvider provider,
      OAuthClient client,
      String code,
      String verifier,
      String redirectUri) {
    throw new UnsupportedOperationException(provider.name());
  }
}
