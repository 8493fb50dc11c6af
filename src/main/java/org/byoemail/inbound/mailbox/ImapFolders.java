package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import org.byoemail.account.connection.ConnectionGate;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.registry.Account;
import org.springframework.stereotype.Component;

/** Opens folders over connections of {@link ImapConnections}. */
@Component
class ImapFolders implements FolderOpener {
  private final ImapConnections connections;
  private final MailboxThreads threads;
  private final MailboxSettings settings;

  ImapFolders(ImapConnections connections, MailboxThreads threads, MailboxSettings settings) {
    this.connections = connections;
    this.threads = threads;
    this.settings = settings;
  }

  @Override
  public RemoteFolder open(Account account, String folder, boolean writable)
      throws MessagingException {
    return open(account, folder, writable, address -> {});
  }

  @Override
  public RemoteFolder open(Account account, String folder, boolean writable, ConnectionGate gate)
      throws MessagingException {
    ImapConnection connection = threads.calls().call(() -> connections.open(account, gate));
    try {
      FolderConnection link =
          new FolderConnection(connection, folder, writable, threads.calls(), settings);
      return new ImapFolder(
          link,
          new ImapIdle(link, threads.selector(), settings.doneTimeout()),
          JunkFolder.is(link, folder));
    } catch (MessagingException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }
}
