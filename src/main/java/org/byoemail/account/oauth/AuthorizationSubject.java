package org.byoemail.account.oauth;

import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * What a sign-in at a provider is about.
 *
 * @param id of the account or the connect link, by purpose
 * @param organization the account's
 * @param mailbox the login of the mailbox that the token must open
 * @param user who consents, where that is another than the mailbox (a delegated shared mailbox): a
 *     hint for the provider's page; null: the mailbox
 */
public record AuthorizationSubject(
    AuthorizationPurpose purpose,
    UUID id,
    OrganizationId organization,
    String mailbox,
    @Nullable String user) {}
