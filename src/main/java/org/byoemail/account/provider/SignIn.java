package org.byoemail.account.provider;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One way to sign in at a provider.
 *
 * @param oauthProvider the name of the OAuth provider, as in {@code byo.oauth.providers}; null
 *     unless the way is OAuth
 * @param url the page of the provider on which it is set up; null if absent
 * @param steps what the owner of the mailbox does there, in order
 */
public record SignIn(
    Way way, @Nullable String oauthProvider, @Nullable String url, List<String> steps) {

  /** The kind of credentials. */
  public enum Way {
    /** The password of the mailbox. */
    PASSWORD,
    /** A password that the provider makes for one application. */
    APP_PASSWORD,
    /** An access token (RFC 6749). */
    OAUTH;

    /** The word in the data file and the API: {@code app-password}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public SignIn {
    steps = List.copyOf(steps);
  }

  /** With the mailbox's own password, for servers of which nothing else is known. */
  public static SignIn password() {
    return new SignIn(Way.PASSWORD, null, null, List.of());
  }
}
