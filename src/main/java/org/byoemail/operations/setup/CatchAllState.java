package org.byoemail.operations.setup;

import org.byoemail.account.alias.Alias;
import org.byoemail.account.alias.CatchAll;

/**
 * A catch-all domain of an account.
 *
 * @param sending whether the account may send from its addresses
 */
public record CatchAllState(CatchAll domain, Alias sending) {}
