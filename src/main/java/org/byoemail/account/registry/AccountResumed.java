package org.byoemail.account.registry;

import org.byoemail.format.mail.AccountId;

/**
 * A person has asked for an account to be used again, at once. Published inside the transaction
 * that did it.
 */
public record AccountResumed(AccountId account) {}
