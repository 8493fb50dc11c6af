package org.byoemail.account.oauth;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * How an account obtains its access tokens; without the tokens.
 *
 * @param client null: the operator's client of the settings
 * @param mailbox the mailbox that is signed in to
 * @param consentingUser who consents for a shared mailbox; null: the mailbox itself
 * @param issuer of the ID token, as are subject, tenant ({@code tid}) and objectId ({@code oid})
 * @param authorizedAt when the last consent was stored, or the application was assigned; null: it
 *     waits for consent
 * @param expiresAt when the current access token expires; null: none
 * @param needsReauthorizationAt since when a new consent is needed; null: none is
 * @param error the error code of the last failed request; null after a success
 * @param reason the provider's words about it
 */
public record OAuthGrant(
    AccountId account,
    String provider,
    @Nullable UUID client,
    GrantType kind,
    String mailbox,
    @Nullable String consentingUser,
    @Nullable String issuer,
    @Nullable String subject,
    @Nullable String tenant,
    @Nullable String objectId,
    List<String> scopes,
    @Nullable Instant authorizedAt,
    @Nullable Instant expiresAt,
    @Nullable Instant needsReauthorizationAt,
    @Nullable String error,
    @Nullable String reason) {

  /** Whether it has tokens or may obtain them. */
  public boolean isAuthorized() {
    return authorizedAt != null && needsReauthorizationAt == null;
  }
}
