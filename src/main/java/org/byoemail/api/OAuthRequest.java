package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.setup.OAuthDraft;
import org.jspecify.annotations.Nullable;

/** By what an account obtains its access tokens, in a request. */
@Schema(name = "OAuthRequest")
record OAuthRequest(
    @Nullable @Schema(description = "google, microsoft, or another one of byo.oauth.providers")
        String provider,
    @Nullable
        @Schema(
            allowableValues = {"authorization_code", "client_credentials", "service_account"},
            description = "authorization_code unless said otherwise")
        String kind,
    @Nullable
        @Schema(description = "who consents, where that is not the mailbox itself (shared mailbox)")
        String user) {

  static @Nullable OAuthRequest of(@Nullable OAuthGrant grant) {
    return grant == null
        ? null
        : new OAuthRequest(grant.provider(), grant.kind().word(), grant.consentingUser());
  }

  OAuthDraft draft() {
    return new OAuthDraft(provider, kind, user);
  }
}
