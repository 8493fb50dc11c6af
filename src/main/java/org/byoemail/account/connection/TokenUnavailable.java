package org.byoemail.account.connection;

import org.jspecify.annotations.Nullable;

/** An account has no access token to sign in with; the message, shown to operators, says why. */
public class TokenUnavailable extends RuntimeException {
  private final boolean authentication;

  /**
   * @param authentication whether it counts as a refused sign-in; otherwise it may pass by itself
   */
  public TokenUnavailable(String message, boolean authentication, @Nullable Throwable cause) {
    super(message, cause);
    this.authentication = authentication;
  }

  /** Whether it counts as a refused sign-in. */
  public boolean isAuthentication() {
    return authentication;
  }
}
