package org.byoemail.account.oauth;

/** The result of the callback of a sign-in. */
public sealed interface AuthorizationResult {

  /** The sign-in; it cannot be used again. */
  AuthorizationRequest request();

  /** The provider issued tokens. That they open the mailbox is not proved yet. */
  record Granted(AuthorizationRequest request, TokenSet tokens) implements AuthorizationResult {}

  /** There is no token. */
  record Refused(AuthorizationRequest request, AuthorizationRefusal refusal)
      implements AuthorizationResult {}
}
