package org.byoemail.account.alias;

import java.time.Instant;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * Another address of an account, or a pattern of addresses.
 *
 * @param address the address, or the pattern that its kind describes
 * @param probedAt when the latest probe was sent; null: none was
 * @param provedAt when a probe arrived with From unchanged; null: none did
 * @param seenFrom the From with which a probe arrived that its server had rewritten
 * @param error why the latest probe failed; null if it did not
 */
public record Alias(
    AccountId account,
    AliasKind kind,
    EmailAddress address,
    AliasState state,
    @Nullable Instant probedAt,
    @Nullable Instant provedAt,
    @Nullable String seenFrom,
    @Nullable String error) {}
