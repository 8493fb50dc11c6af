package org.byoemail.account.registry;

import org.byoemail.format.mail.AccountId;

/** An account is about to be deleted, in the transaction that publishes this. */
public record AccountDeleted(AccountId account) {}
