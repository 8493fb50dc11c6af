package org.byoemail.account.oauth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A client as entered.
 *
 * @param clientId null: of a service account, as its key says
 * @param secret the client secret, or the key file (JSON) of a service account; null: at a change,
 *     the stored one stays
 * @param secretExpiresAt when the provider stops accepting the secret; null: unknown
 */
public record OAuthClientDraft(
    String provider,
    GrantType kind,
    @Nullable String clientId,
    @Nullable String tenant,
    @Nullable String secret,
    @Nullable Instant secretExpiresAt) {

  @Override
  public String toString() {
    return "OAuthClientDraft[" + provider + ", " + kind.word() + ", " + clientId + "]";
  }
}
