package org.byoemail.account.oauth;

/** What the callback of a sign-in came to. */
public sealed interface AuthorizationResult {

  /** The sign-in; it cannot be used again. */
  AuthorizationRequest request();

  /** The provider issued tokens. That they open the mailbox is not proved yet. */
  record Granted(AuthorizationRequest request, TokenSet tokens) implements AuthorizationResult {}

  /** There is no token. */
  record Refused(AuthorizationRequest request, AuthorizationRefusal refusal)
      implements AuthorizationResult {}
}
