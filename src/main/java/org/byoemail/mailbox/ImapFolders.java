package org.byoemail.mailbox;

import jakarta.mail.MessagingException;
import org.byoemail.account.Account;
import org.byoemail.connection.ConnectionGate;
import org.byoemail.connection.ImapConnection;
import org.byoemail.connection.ImapConnections;
import org.springframework.stereotype.Component;

/** Opens folders over connections from {@link ImapConnections}. */
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
  public WatchedFolder open(Account account, boolean writable) throws MessagingException {
    return open(account, writable, address -> {});
  }

  @Override
  public WatchedFolder open(Account account, boolean writable, ConnectionGate gate)
      throws MessagingException {
    ImapConnection connection = threads.calls().make(() -> connections.open(account, gate));
    try {
      ImapLink link =
          new ImapLink(
              connection, account.settings().folder(), writable, threads.calls(), settings);
      return new ImapFolder(link, new ImapIdle(link, threads.selector(), settings.doneTimeout()));
    } catch (MessagingException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }
}
