package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import org.byoemail.account.connection.ConnectionGate;
import org.byoemail.account.registry.Account;

/** Connects to the watched folder of an account. */
@FunctionalInterface
interface FolderOpener {
  /**
   * @param writable whether flags are to be set; a folder that allows it to nobody is opened all
   *     the same
   * @throws org.byoemail.account.connection.ConnectionFailed where the server cannot be reached or
   *     refuses
   * @throws MessagingException where the folder cannot be opened
   */
  RemoteFolder open(Account account, boolean writable) throws MessagingException;

  /**
   * The same.
   *
   * @param gate may refuse an address that is about to be connected to
   */
  default RemoteFolder open(Account account, boolean writable, ConnectionGate gate)
      throws MessagingException {
    return open(account, writable);
  }
}
