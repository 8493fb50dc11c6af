package org.byoemail.account.oauth;

import org.springframework.stereotype.Component;

/**
 * Sign-ins at providers: authorization code flow with PKCE (RFC 6749 section 4.1, RFC 7636). What
 * the callback needs is in the database, since it may reach another node. Safe for use by many
 * threads and nodes.
 */
@Component
public class AuthorizationRequests {

  /**
   * Begins a sign-in; valid once, for ten minutes, in the browser that gets the cookie.
   *
   * @throws org.byoemail.platform.access.PublicUrlMissing if the gateway's address is not set
   */
  public BegunAuthorization begin(AuthorizationSubject subject, OAuthClient client) {
    throw new UnsupportedOperationException(subject.mailbox() + client);
  }
}
