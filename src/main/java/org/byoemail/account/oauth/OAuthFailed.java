package org.byoemail.account.oauth;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request to a provider failed. Its message holds the provider's words, and no secret. */
public class OAuthFailed extends RuntimeException {
  /** The provider did not answer, or answered with something that is not OAuth 2.0. */
  public static final String UNAVAILABLE = "unavailable";

  private static final Set<String> NEEDS_A_PERSON =
      Set.of("invalid_grant", "interaction_required", "consent_required", "login_required");

  private final String provider;
  private final String error;

  OAuthFailed(String provider, String error, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.provider = provider;
    this.error = error;
  }

  /** The name of the provider. */
  public String provider() {
    return provider;
  }

  /** The error code (RFC 6749 section 5.2), or {@link #UNAVAILABLE}. */
  public String error() {
    return error;
  }

  /** Whether it may pass by itself. */
  public boolean isTransient() {
    return error.equals(UNAVAILABLE)
        || error.equals("temporarily_unavailable")
        || error.equals("server_error");
  }

  /** Whether a person's grant has ended, and only the person can renew it. */
  public boolean needsConsent() {
    return NEEDS_A_PERSON.contains(error);
  }
}
