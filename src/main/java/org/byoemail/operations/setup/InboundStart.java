package org.byoemail.operations.setup;

import org.byoemail.account.connection.ServerTasks;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.inbound.mailbox.Mailboxes;
import org.springframework.stereotype.Component;

/** Where reading a mailbox starts: at the end of its folder, as it is when inbound is enabled. */
@Component
class InboundStart {
  private final Mailboxes mailboxes;
  private final ServerTasks serverTasks;

  InboundStart(Mailboxes mailboxes, ServerTasks serverTasks) {
    this.mailboxes = mailboxes;
    this.serverTasks = serverTasks;
  }

  /** Looks up the end of the folder. Takes seconds: not to be called in a transaction. */
  void lookUp(Account account) {
    serverTasks.visit(
        account,
        Protocol.IMAP,
        () -> {
          mailboxes.baseline(account);
          return account;
        });
  }
}
