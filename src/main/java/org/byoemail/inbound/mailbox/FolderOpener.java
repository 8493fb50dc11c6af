package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import org.byoemail.account.connection.ConnectionGate;
import org.byoemail.account.registry.Account;

/** Connects to a watched folder of an account. */
@FunctionalInterface
interface FolderOpener {
  /**
   * @param folder one of those that the account watches
   * @param writable whether flags are to be set; a read-only folder is opened all the same
   * @throws org.byoemail.account.connection.ConnectionFailed if the server cannot be reached or
   *     refuses
   * @throws MessagingException if the folder cannot be opened
   */
  RemoteFolder open(Account account, String folder, boolean writable) throws MessagingException;

  /**
   * Connects as above.
   *
   * @param gate may refuse an address before it is connected to
   */
  default RemoteFolder open(Account account, String folder, boolean writable, ConnectionGate gate)
      throws MessagingException {
    return open(account, folder, writable);
  }
}
