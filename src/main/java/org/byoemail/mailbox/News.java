package org.byoemail.mailbox;

import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.iap.ResponseHandler;
import org.eclipse.angus.mail.imap.protocol.IMAPResponse;

/**
 * Hears what a server says unasked, in answer to whichever command it chooses to: that there is
 * more mail, or that it hangs up.
 */
final class News implements ResponseHandler {
  volatile boolean told;
  volatile boolean gone;
  int exists;

  @Override
  public void handleResponse(Response response) {
    if (response.isBYE()) {
      gone = true;
    } else if (response instanceof IMAPResponse said) {
      if (said.keyEquals("EXISTS")) {
        // Some servers repeat the number where nothing has changed.
        if (said.getNumber() > exists) {
          told = true;
        }
        exists = said.getNumber();
      } else if (said.keyEquals("EXPUNGE")) {
        exists--;
      }
    }
  }
}
