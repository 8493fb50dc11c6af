package org.byoemail.operations.transfer;

import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * How a file is imported.
 *
 * @param organization the only organisation whose agents are found; null: all
 * @param agent of the lines that name none; null: every line must
 * @param updating whether an account that exists is changed as its line says; if not, it is left
 *     unchanged
 */
public record ImportOptions(
    @Nullable OrganizationId organization, @Nullable UUID agent, boolean updating) {}
