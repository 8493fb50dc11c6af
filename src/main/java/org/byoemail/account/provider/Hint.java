package org.byoemail.account.provider;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a refusal means, and what to do about it.
 *
 * @param says a part of the server's words, in lower case
 * @param source where these words were read; null: from experience
 * @param when the kind of sign-in that it is about: oauth or password; null: both
 * @param hint the next step, for the operator or the owner of the mailbox
 */
public record Hint(String says, @Nullable String source, @Nullable String when, String hint) {
  private static final String OAUTH = "oauth";
  private static final String PASSWORD = "password";

  public Hint {
    says = says.toLowerCase(Locale.ROOT);
    if (when != null && !when.equals(OAUTH) && !when.equals(PASSWORD)) {
      throw new IllegalArgumentException("when must be oauth or password");
    }
  }

  /** Whether it explains a server's answer to such a sign-in. */
  boolean explains(String lower, boolean oauth) {
    return lower.contains(says) && (when == null || when.equals(OAUTH) == oauth);
  }
}
