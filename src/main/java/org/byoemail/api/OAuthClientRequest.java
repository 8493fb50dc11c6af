package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.byoemail.account.oauth.OAuthClient;
import org.jspecify.annotations.Nullable;

/** The body of a request that creates or changes an OAuth client. */
@Schema(name = "OAuthClientRequest")
record OAuthClientRequest(
    @Nullable @Schema(description = "whose; absent: the operator's, for every organization")
        String organization,
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "google, microsoft, or one of the settings")
        String provider,
    @Nullable
        @Schema(
            allowableValues = {"authorization_code", "client_credentials", "service_account"},
            defaultValue = "authorization_code")
        String kind,
    @Nullable @Schema(description = "absent for a service account: its key has it") String clientId,
    @Nullable @Schema(description = "the Microsoft tenant; absent: as the settings say")
        String tenant,
    @Nullable
        @Schema(
            accessMode = Schema.AccessMode.WRITE_ONLY,
            description = "the client secret, or the key file (JSON) of a service account")
        String secret,
    @Nullable @Schema(description = "when the provider stops accepting it; warned of 30 days ahead")
        Instant secretExpiresAt) {

  static OAuthClientRequest of(OAuthClient client) {
    return new OAuthClientRequest(
        client.organization().isOperator() ? null : client.organization().value(),
        client.provider(),
        client.kind().word(),
        client.clientId(),
        client.tenant(),
        null,
        client.secretExpiresAt());
  }

  @Override
  public String toString() {
    return "OAuthClientRequest[" + provider + "]";
  }
}
