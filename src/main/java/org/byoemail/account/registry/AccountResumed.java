package org.byoemail.account.registry;

import org.byoemail.format.mail.AccountId;

/** A person resumed an account, or consented to its use again. Published inside the transaction. */
public record AccountResumed(AccountId account) {}
