package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import org.byoemail.account.connection.ConnectionGate;
import org.byoemail.account.registry.Account;

/** Connects to the watched folder of an account. */
@FunctionalInterface
interface FolderOpener {
  /**
   * @param writable whether flags are to be set; a read-only folder is opened all the same
   * @throws org.byoemail.account.connection.ConnectionFailed if the server cannot be reached or
   *     refuses
   * @throws MessagingException if the folder cannot be opened
   */
  RemoteFolder open(Account account, boolean writable) throws MessagingException;

  /**
   * Connects as above.
   *
   * @param gate may refuse an address before it is connected to
   */
  default RemoteFolder open(Account account, boolean writable, ConnectionGate gate)
      throws MessagingException {
    return open(account, writable);
  }
}
