package org.byoemail.account.registry;

import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StateConflict;

/** The endpoint has an account already. */
public class AccountExists extends StateConflict {
  AccountExists(EmailAddress address) {
    super("the address " + address + " has an account already: change that one");
  }
}
