package org.byoemail.account.registry;

import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.jspecify.annotations.Nullable;

/** An address on the channel {@code email}: agent-owned if it has an owner, else external. */
public record Endpoint(
    EndpointId id, EmailAddress address, @Nullable String displayName, @Nullable AgentId owner) {}
