package org.byoemail.account.oauth;

import org.byoemail.format.mail.StateConflict;

/** The organisation already has a client of that provider and grant type. */
public class OAuthClientExists extends StateConflict {
  OAuthClientExists(OAuthClientDraft draft) {
    super(
        "there is already a client of "
            + draft.provider()
            + " for "
            + draft.kind().word()
            + ": change it instead");
  }
}
