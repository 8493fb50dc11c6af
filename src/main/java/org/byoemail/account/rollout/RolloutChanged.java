package org.byoemail.account.rollout;

import java.util.Set;
import org.byoemail.format.mail.AccountId;

/**
 * Published on the node that evaluates, after the commit: for these accounts the flag has another
 * value than before, or its first one.
 */
public record RolloutChanged(Set<AccountId> accounts) {}
