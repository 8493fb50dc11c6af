package org.byoemail.account.connection;

import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.jspecify.annotations.Nullable;

/** Decrypted credentials, for the duration of one login. {@code toString} reveals nothing. */
final class Credentials {
  private final @Nullable String user;
  private final @Nullable String password;

  private Credentials(@Nullable String user, @Nullable String password) {
    this.user = user;
    this.password = password;
  }

  /**
   * The credentials of one protocol of an account.
   *
   * @throws ConnectionFailed if the account has no password
   */
  static Credentials of(Account account, Protocol protocol, Secrets secrets) {
    ServerSettings server = account.server(protocol);
    if (server.auth() == Auth.NONE) {
      return new Credentials(null, null);
    }
    if (server.auth() == Auth.OAUTH2) {
      throw new ConnectionFailures(account, protocol)
          .at(
              Stage.AUTH,
              "signing in with OAuth 2 needs a token, and the account has none",
              null,
              null);
    }
    SealedSecret secret = server.secret();
    if (secret == null) {
      throw new ConnectionFailures(account, protocol)
          .at(Stage.AUTH, "no password is set", null, null);
    }
    return new Credentials(server.username(), secrets.open(account.id(), protocol, secret));
  }

  @Nullable String user() {
    return user;
  }

  @Nullable String password() {
    return password;
  }

  Redaction redaction() {
    return new Redaction(user, password);
  }

  @Override
  public String toString() {
    return "credentials";
  }
}
