package org.byoemail.account.oauth;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * An application that is registered with a provider: the operator's, or an organisation's own,
 * which takes precedence.
 *
 * @param organization {@link OrganizationId#OPERATOR}: for every organisation
 * @param clientId of a service account: its address
 * @param tenant the Microsoft tenant; null: as the provider's settings say
 * @param hasSecret whether a client secret, or the key of a service account, is stored
 * @param secretExpiresAt null: unknown
 */
public record OAuthClient(
    UUID id,
    OrganizationId organization,
    String provider,
    String clientId,
    @Nullable String tenant,
    boolean hasSecret,
    @Nullable Instant secretExpiresAt,
    GrantType kind) {}
