package org.byoemail.mailbox;

import java.util.Optional;
import org.byoemail.account.Account;
import org.byoemail.account.ServerSettings;

/** What makes a mailbox: a folder of a login at a host. */
record Place(String host, String login, String folder) {

  /** Where the account receives; empty where it does not. */
  static Optional<Place> of(Account account) {
    ServerSettings imap = account.settings().imap();
    if (imap == null) {
      return Optional.empty();
    }
    String folder = account.settings().folder();
    // The name of the inbox alone is the same in any case (RFC 3501 section 5.1).
    return Optional.of(
        new Place(
            imap.host(),
            imap.username() == null ? "" : imap.username(),
            folder.equalsIgnoreCase("INBOX") ? "INBOX" : folder));
  }

  /** Leaves the login out, which is for no log. */
  @Override
  public String toString() {
    return folder + " at " + host;
  }
}
