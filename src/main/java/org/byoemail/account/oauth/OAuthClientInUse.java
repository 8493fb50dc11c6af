package org.byoemail.account.oauth;

import org.byoemail.format.mail.StateConflict;

/** A client was to be deleted whose grants accounts still use. */
public class OAuthClientInUse extends StateConflict {
  OAuthClientInUse(int accounts) {
    super(
        accounts
            + " accounts sign in with this client: first delete them, or connect them with another"
            + " client");
  }
}
