package org.byoemail.operations.setup;

import io.swagger.v3.oas.annotations.media.Schema;
import org.byoemail.account.oauth.OAuthGrant;
import org.jspecify.annotations.Nullable;

/** How an account obtains access tokens, in requests and files. */
@Schema(name = "OAuthRequest")
public record OAuthFields(
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "google, microsoft, or another one of byo.oauth.providers")
        String provider,
    @Nullable
        @Schema(
            allowableValues = {"authorization_code", "client_credentials", "service_account"},
            description = "authorization_code unless said otherwise")
        String kind,
    @Nullable
        @Schema(description = "who consents, where that is not the mailbox itself (shared mailbox)")
        String user) {

  /** Creates the fields of a grant; null for none. */
  public static @Nullable OAuthFields of(@Nullable OAuthGrant grant) {
    return grant == null
        ? null
        : new OAuthFields(grant.provider(), grant.kind().word(), grant.consentingUser());
  }

  /** Converts the fields to a draft. */
  public OAuthDraft draft() {
    return new OAuthDraft(provider, kind, user);
  }
}
