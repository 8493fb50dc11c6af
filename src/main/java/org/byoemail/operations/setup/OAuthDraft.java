package org.byoemail.operations.setup;

import org.jspecify.annotations.Nullable;

/**
 * How an account obtains its access tokens, as entered.
 *
 * @param kind authorization_code, client_credentials or service_account; null: authorization_code
 * @param user who consents, if not the mailbox itself (a shared mailbox)
 */
public record OAuthDraft(@Nullable String provider, @Nullable String kind, @Nullable String user) {}
