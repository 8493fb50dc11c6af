package org.byoemail.operations.setup;

import java.util.List;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Agent;
import org.jspecify.annotations.Nullable;

/**
 * A connect link as requested, not validated yet.
 *
 * @param agent that gets the mailbox; null with {@code account}
 * @param account to be signed in again; null: the link creates one
 * @param address the only address that may be connected; null: the owner types one
 * @param providers names of OAuth providers, and {@code password}; null: any. Or the access of one
 *     application alone: {@code provider:client_credentials}, {@code provider:service_account}
 * @param servers {@code discovered} or {@code any}; null: any, unless an address is given
 * @param expiresIn seconds; null: a day
 */
public record ConnectLinkDraft(
    @Nullable Agent agent,
    @Nullable Account account,
    @Nullable String address,
    @Nullable List<@Nullable String> providers,
    @Nullable String servers,
    @Nullable String returnUrl,
    @Nullable String state,
    @Nullable Integer expiresIn) {}
