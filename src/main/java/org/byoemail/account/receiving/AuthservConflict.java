package org.byoemail.account.receiving;

import org.byoemail.format.mail.StateConflict;

/** An authserv-id that cannot be confirmed or probed at present. */
public class AuthservConflict extends StateConflict {
  private static final long serialVersionUID = 1;

  AuthservConflict(String message) {
    super(message);
  }
}
