package org.byoemail.account.registry;

import org.byoemail.format.mail.AccountId;

/**
 * An account was made, changed or deleted. Published inside the transaction that did it: a listener
 * that throws refuses the change; one that acts on it waits for the commit.
 */
public record AccountChanged(AccountId account) {}
