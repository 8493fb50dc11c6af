package org.byoemail.platform.dossier;

import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * An entry to be recorded.
 *
 * @param message null: it is about the chain itself
 * @param content a record or map, written as JSON; without secrets, and bounded by its maker
 */
public record DossierEntry(
    OrganizationId organization,
    @Nullable StoredMessageId message,
    DossierKind kind,
    Object content) {}
