package org.byoemail.account.connection;

import java.util.stream.Stream;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.jspecify.annotations.Nullable;

/**
 * Decrypted credentials, for the duration of one login: a password, or an access token. {@code
 * toString} reveals nothing.
 */
final class Credentials {
  private final @Nullable ServerSettings server;
  private final @Nullable String password;

  private Credentials(@Nullable ServerSettings server, @Nullable String password) {
    this.server = server;
    this.password = password;
  }

  /** For a server without authentication. */
  static Credentials none() {
    return new Credentials(null, null);
  }

  /**
   * For the user of that server.
   *
   * @param password or access token
   */
  static Credentials of(ServerSettings server, String password) {
    return new Credentials(server, password);
  }

  @Nullable String user() {
    return server == null ? null : server.username();
  }

  @Nullable String password() {
    return password;
  }

  Redaction redaction() {
    if (server == null || password == null || server.auth() != Auth.OAUTH2) {
      return new Redaction(user(), password);
    }
    String user = String.valueOf(user());
    return Redaction.of(
        Stream.of(
            password,
            BearerSasl.XOAUTH2.response(server, user, password),
            BearerSasl.OAUTHBEARER.response(server, user, password)));
  }

  @Override
  public String toString() {
    return "credentials";
  }
}
