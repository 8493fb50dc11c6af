package org.byoemail.account;

import org.byoemail.mail.AccountId;

/** An account is about to be deleted, in the transaction that publishes this. */
public record AccountDeleted(AccountId account) {}
