package org.byoemail.setup;

import org.jspecify.annotations.Nullable;

/**
 * How to reach a server, as it was typed.
 *
 * @param port null: the usual one for that security
 * @param security ssl, starttls or none; null: ssl
 * @param auth none, plain or login; null: plain where there is a username or a password
 * @param username null: the address
 * @param password null: the one that is stored already
 */
public record ServerDraft(
    @Nullable String host,
    @Nullable Integer port,
    @Nullable String security,
    @Nullable String auth,
    @Nullable String username,
    @Nullable String password) {

  @Override
  public String toString() {
    return "ServerDraft[" + host + ":" + port + "]";
  }
}
