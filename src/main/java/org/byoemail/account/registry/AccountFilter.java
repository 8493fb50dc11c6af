package org.byoemail.account.registry;

import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * Which accounts a list has.
 *
 * @param organization null for any
 * @param status as {@link AccountLifecycle#status} derives it; null for any
 * @param address a part of the address, in any case; null for any
 * @param agent null for any
 * @param after the id after which the page starts; null for the first page
 */
public record AccountFilter(
    @Nullable OrganizationId organization,
    @Nullable AccountStatus status,
    @Nullable String address,
    @Nullable UUID agent,
    @Nullable UUID after,
    int limit) {}
