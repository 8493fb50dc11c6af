package org.byoemail.account.connection;

import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;

/** Where connections get the OAuth 2.0 access tokens that accounts sign in with. */
public interface MailboxTokens {

  /**
   * Checks that a token may be sent to the server of that protocol.
   *
   * @throws TokenUnavailable if the provider's settings do not name its host
   */
  void requireMailHost(Account account, Protocol protocol);

  /**
   * The access token of an account, for its server of that protocol. Blocks for seconds where it
   * has to be refreshed.
   *
   * @throws TokenUnavailable if there is no token, or the server may not see it
   */
  String current(Account account, Protocol protocol);

  /**
   * Another access token than the one that the server refused.
   *
   * @throws TokenUnavailable if there is no token
   */
  String replacing(Account account, Protocol protocol, String refused);
}
