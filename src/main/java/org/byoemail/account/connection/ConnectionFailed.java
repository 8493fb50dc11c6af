package org.byoemail.account.connection;

import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the server of an account could not be made. Its message names host, stage and the
 * server's words, never a secret, and may be shown to the operator of the account.
 */
public class ConnectionFailed extends RuntimeException {
  private final AccountId account;
  private final Protocol protocol;
  private final Stage stage;
  private final @Nullable String words;

  ConnectionFailed(
      AccountId account,
      Protocol protocol,
      Stage stage,
      String what,
      @Nullable String words,
      @Nullable Throwable cause) {
    super(words == null ? what : what + ": " + words, cause);
    this.account = account;
    this.protocol = protocol;
    this.stage = stage;
    this.words = words;
  }

  /** The account. */
  public AccountId account() {
    return account;
  }

  /** The protocol of the server. */
  public Protocol protocol() {
    return protocol;
  }

  /** The stage that failed. */
  public Stage stage() {
    return stage;
  }

  /** The server's reply; null if there was none, or it was not of the protocol. */
  public @Nullable String words() {
    return words;
  }
}
