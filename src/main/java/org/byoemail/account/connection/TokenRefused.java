package org.byoemail.account.connection;

import org.jspecify.annotations.Nullable;

/** The server refused the access token, for good: another one may be let in. */
final class TokenRefused extends ConnectionFailed {
  TokenRefused(ConnectionFailed failure, String what, @Nullable String words) {
    super(failure.account(), failure.protocol(), Stage.AUTH, what, words, null);
  }
}
