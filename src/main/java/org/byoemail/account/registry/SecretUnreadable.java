package org.byoemail.account.registry;

/** A stored secret that no key of {@code byo.secret.keyset} opens. */
public class SecretUnreadable extends IllegalStateException {
  private static final long serialVersionUID = 1;

  SecretUnreadable(String message, Throwable cause) {
    super(message, cause);
  }
}
