package org.byoemail.connection;

import org.byoemail.account.Account;
import org.byoemail.account.SealedSecret;
import org.byoemail.account.Secrets;
import org.byoemail.account.ServerSettings;
import org.byoemail.account.ServerSettings.Auth;
import org.byoemail.account.Side;
import org.jspecify.annotations.Nullable;

/** What one signs in with, opened for the moment of it. Shows nothing of itself. */
final class Credentials {
  private final @Nullable String user;
  private final @Nullable String password;

  private Credentials(@Nullable String user, @Nullable String password) {
    this.user = user;
    this.password = password;
  }

  /**
   * Those of one side of an account.
   *
   * @throws ConnectionFailed where there are none to sign in with
   */
  static Credentials of(Account account, Side side, Secrets secrets) {
    ServerSettings server = account.server(side);
    if (server.auth() == Auth.NONE) {
      return new Credentials(null, null);
    }
    if (server.auth() == Auth.OAUTH2) {
      throw new Failures(account, side)
          .at(
              Stage.AUTH,
              "signing in with OAuth 2 needs a token, and the account has none",
              null,
              null);
    }
    SealedSecret secret = server.secret();
    if (secret == null) {
      throw new Failures(account, side).at(Stage.AUTH, "no password is set", null, null);
    }
    return new Credentials(server.username(), secrets.open(account.id(), side, secret));
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
