package org.byoemail.account.registry;

import org.byoemail.format.mail.AccountId;

/**
 * An account was created, changed or deleted. Published inside the transaction: a listener that
 * throws vetoes the change; one that acts on it waits for the commit.
 */
public record AccountChanged(AccountId account) {}
