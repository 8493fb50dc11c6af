package org.byoemail.inbound.mailbox;

import org.byoemail.account.connection.ImapListener;
import org.byoemail.account.connection.ImapResponse;

/**
 * Tracks unsolicited responses (RFC 9051 section 5.2), which may follow any command: EXISTS,
 * EXPUNGE and BYE.
 */
final class UnsolicitedResponses implements ImapListener {
  volatile boolean newMail;
  volatile boolean closed;
  long exists;

  @Override
  public void said(ImapResponse response) {
    if (response.is("BYE")) {
      closed = true;
    } else if (response.is("EXISTS") && response.number() >= 0) {
      // Some servers repeat an unchanged number.
      if (response.number() > exists) {
        newMail = true;
      }
      exists = response.number();
    } else if (response.is("EXPUNGE")) {
      exists = Math.max(0, exists - 1);
    }
  }
}
