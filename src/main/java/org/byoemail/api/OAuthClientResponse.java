package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.account.oauth.OAuthClient;
import org.jspecify.annotations.Nullable;

/** An OAuth client in a response; never with its secret. */
@Schema(name = "OAuthClient")
record OAuthClientResponse(
    UUID id,
    @Nullable @Schema(description = "null: the operator's, for every organization")
        String organization,
    String provider,
    String kind,
    String clientId,
    @Nullable String tenant,
    boolean hasSecret,
    @Nullable Instant secretExpiresAt,
    @Nullable
        @Schema(
            description =
                "to be registered with the provider; null: not needed, or BYO_PUBLIC_URL is not"
                    + " set")
        String redirectUri) {

  static OAuthClientResponse of(OAuthClient client, @Nullable String redirectUri) {
    return new OAuthClientResponse(
        client.id(),
        client.organization().isOperator() ? null : client.organization().value(),
        client.provider(),
        client.kind().word(),
        client.clientId(),
        client.tenant(),
        client.hasSecret(),
        client.secretExpiresAt(),
        redirectUri);
  }
}
