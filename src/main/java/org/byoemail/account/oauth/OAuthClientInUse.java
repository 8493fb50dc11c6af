package org.byoemail.account.oauth;

import org.byoemail.format.mail.StateConflict;

/** A client was to be deleted whose grants accounts still use. */
public class OAuthClientInUse extends StateConflict {
  OAuthClientInUse(int accounts) {
    super(
        accounts
            + " accounts sign in by grants of this client: delete them or connect them by another"
            + " client first");
  }
}
