package org.byoemail.account.link;

import java.time.Duration;
import java.util.List;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * What a new link is for. Checked by the caller.
 *
 * @param createdBy name of the key or the user
 * @see ConnectLink
 */
public record ConnectLinkTerms(
    OrganizationId organization,
    AgentId agent,
    @Nullable AccountId mended,
    @Nullable EmailAddress address,
    List<String> signIn,
    boolean anyServers,
    @Nullable String returnUrl,
    @Nullable String state,
    String createdBy,
    Duration expiresIn) {}
