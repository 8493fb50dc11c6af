package org.byoemail.account.connection;

import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.SecretUnreadable;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * What accounts sign in with, at the moment when a connection is opened. May block for seconds
 * where an access token has to be fetched. Safe for use by many threads.
 */
@Component
class AccountCredentials {
  private final Secrets secrets;
  private final ObjectProvider<MailboxTokens> tokens;

  AccountCredentials(Secrets secrets, ObjectProvider<MailboxTokens> tokens) {
    this.secrets = secrets;
    this.tokens = tokens;
  }

  /**
   * The credentials of one protocol of an account.
   *
   * @throws ConnectionFailed if the account has no password, or no access token
   */
  Credentials of(Account account, Protocol protocol) {
    ServerSettings server = account.server(protocol);
    if (server.auth() == Auth.NONE) {
      return Credentials.none();
    }
    if (server.auth() == Auth.OAUTH2) {
      try {
        return Credentials.of(server, tokens.getObject().current(account, protocol));
      } catch (TokenUnavailable e) {
        throw failed(account, protocol, e);
      } catch (SecretUnreadable e) {
        throw unreadable(account, protocol, "access token", e);
      }
    }
    SealedSecret secret = server.secret();
    if (secret == null) {
      throw new ConnectionFailures(account, protocol)
          .at(Stage.AUTH, "no password is set", null, null);
    }
    try {
      return Credentials.of(server, secrets.open(account.id(), protocol, secret));
    } catch (SecretUnreadable e) {
      throw unreadable(account, protocol, "password", e);
    }
  }

  /**
   * The credentials after the server refused an access token; null if the refusal was about
   * something else.
   *
   * @throws ConnectionFailed if there is no other access token
   */
  @Nullable Credentials replacing(
      Account account, Protocol protocol, Credentials refused, ConnectionFailed refusal) {
    ServerSettings server = account.server(protocol);
    String token = refused.password();
    if (!(refusal instanceof TokenRefused) || token == null) {
      return null;
    }
    try {
      return Credentials.of(server, tokens.getObject().replacing(account, protocol, token));
    } catch (TokenUnavailable e) {
      throw failed(account, protocol, e);
    } catch (SecretUnreadable e) {
      throw unreadable(account, protocol, "refresh token", e);
    }
  }

  /**
   * The credentials with a token that is not stored yet.
   *
   * @throws ConnectionFailed if the server may not see it, or does not sign in by OAuth 2.0
   */
  Credentials candidate(Account account, Protocol protocol, String token) {
    ServerSettings server = account.server(protocol);
    if (server.auth() != Auth.OAUTH2) {
      throw new ConnectionFailures(account, protocol)
          .at(Stage.TOKEN, "does not sign in by OAuth 2.0: set auth to oauth2", null, null);
    }
    try {
      tokens.getObject().requireMailHost(account, protocol);
    } catch (TokenUnavailable e) {
      throw failed(account, protocol, e);
    }
    return Credentials.of(server, token);
  }

  /** The server was not contacted, so this says nothing about the login. */
  private static ConnectionFailed unreadable(
      Account account, Protocol protocol, String what, SecretUnreadable e) {
    return new ConnectionFailures(account, protocol)
        .at(
            Stage.TOKEN,
            "was not signed in to: no key of byo.secret.keyset opens the stored "
                + what
                + ": put the key that sealed it back, or "
                + (what.equals("password") ? "set the password again" : "sign in again"),
            null,
            e);
  }

  private static ConnectionFailed failed(Account account, Protocol protocol, TokenUnavailable e) {
    return new ConnectionFailures(account, protocol)
        .at(
            e.isAuthentication() ? Stage.AUTH : Stage.TOKEN,
            "was not signed in to: " + e.getMessage(),
            null,
            null);
  }
}
