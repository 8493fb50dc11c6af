package org.byoemail.account.registry;

import java.time.Instant;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;

/** An agent (or tenant): the owner of endpoints and conversations, with its policies. */
public record Agent(
    AgentId id,
    OrganizationId organization,
    String name,
    ContactPolicy contactPolicy,
    SendingPolicy sendingPolicy,
    Instant createdAt) {}
