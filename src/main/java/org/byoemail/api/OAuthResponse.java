package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.oauth.OAuthGrant;
import org.jspecify.annotations.Nullable;

/** By what an account obtains its access tokens, in a response; never with a token. */
@Schema(name = "OAuth")
record OAuthResponse(
    String provider,
    @Schema(allowableValues = {"authorization_code", "client_credentials", "service_account"})
        String kind,
    @Nullable @Schema(description = "null: the operator's client of the settings") UUID client,
    @Schema(description = "the login of the mailbox") String mailbox,
    @Nullable @Schema(description = "who consents, where that is not the mailbox itself")
        String user,
    @Schema(allowableValues = {"waiting_for_consent", "authorized", "needs_reauthorization"})
        String status,
    List<String> scopes,
    @Nullable Instant authorizedAt,
    @Nullable Instant needsReauthorizationAt,
    @Nullable @Schema(description = "error code of the provider's last refusal") String error,
    @Nullable @Schema(description = "the provider's words about it") String reason) {

  static @Nullable OAuthResponse of(@Nullable OAuthGrant grant) {
    return grant == null
        ? null
        : new OAuthResponse(
            grant.provider(),
            grant.kind().word(),
            grant.client(),
            grant.mailbox(),
            grant.consentingUser(),
            status(grant),
            grant.scopes(),
            grant.authorizedAt(),
            grant.needsReauthorizationAt(),
            grant.error(),
            grant.reason());
  }

  private static String status(OAuthGrant grant) {
    if (grant.needsReauthorizationAt() != null) {
      return "needs_reauthorization";
    }
    return grant.isAuthorized() ? "authorized" : "waiting_for_consent";
  }
}
