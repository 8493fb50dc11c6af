package org.byoemail.account.rollout;

import java.util.UUID;

/** An account, as the flag is evaluated for it. */
record RolloutTarget(UUID account, UUID agent, String organization, String address) {}
