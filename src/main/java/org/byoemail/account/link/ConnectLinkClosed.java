package org.byoemail.account.link;

import org.byoemail.format.mail.StateConflict;

/** The link was used, withdrawn, or has expired while it was being used. */
public class ConnectLinkClosed extends StateConflict {
  private static final long serialVersionUID = 1;

  /** Nothing was changed. */
  public ConnectLinkClosed() {
    super("the link was used, withdrawn, or has expired: ask for another one");
  }
}
