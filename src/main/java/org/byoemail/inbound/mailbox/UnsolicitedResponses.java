package org.byoemail.inbound.mailbox;

import org.byoemail.account.connection.ImapListener;
import org.byoemail.account.connection.ImapResponse;

/**
 * Hears what a server says unasked, in answer to whichever command it chooses to: that there is
 * more mail, or that it hangs up.
 */
final class UnsolicitedResponses implements ImapListener {
  volatile boolean told;
  volatile boolean gone;
  long exists;

  @Override
  public void said(ImapResponse response) {
    if (response.is("BYE")) {
      gone = true;
    } else if (response.is("EXISTS") && response.number() >= 0) {
      // Some servers repeat the number where nothing has changed.
      if (response.number() > exists) {
        told = true;
      }
      exists = response.number();
    } else if (response.is("EXPUNGE")) {
      exists = Math.max(0, exists - 1);
    }
  }
}
