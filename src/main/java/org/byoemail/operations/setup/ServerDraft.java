package org.byoemail.operations.setup;

import org.jspecify.annotations.Nullable;

/**
 * The settings of a server as entered, not validated yet.
 *
 * @param host null: with oauth2, the provider's
 * @param port null: the default for that security
 * @param security ssl, starttls or none; null: ssl
 * @param auth none, plain, login or oauth2; null: plain if there is a username or a password, else
 *     none
 * @param username null: the address
 * @param password null: keeps the stored one
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
