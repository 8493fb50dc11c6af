package org.byoemail.account.registry;

import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/** An address on the channel {@code email}: agent-owned if it has an owner, else external. */
public record Endpoint(
    UUID id, EmailAddress address, @Nullable String displayName, @Nullable AgentId owner) {}
