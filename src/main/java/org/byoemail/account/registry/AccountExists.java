package org.byoemail.account.registry;

import org.byoemail.format.mail.EmailAddress;

/** The endpoint has an account already. */
public class AccountExists extends RuntimeException {
  AccountExists(EmailAddress address) {
    super("the address " + address + " has an account already: change that one");
  }
}
