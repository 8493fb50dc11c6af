package org.byoemail.account.rollout;

import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;

/** An account, as the flag is evaluated for it. */
record RolloutTarget(UUID account, UUID agent, OrganizationId organization, String address) {}
