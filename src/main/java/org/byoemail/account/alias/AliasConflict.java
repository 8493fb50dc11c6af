package org.byoemail.account.alias;

import org.byoemail.format.mail.StateConflict;

/** An alias that cannot be added or probed at present. */
public class AliasConflict extends StateConflict {
  private static final long serialVersionUID = 1;

  AliasConflict(String message) {
    super(message);
  }
}
