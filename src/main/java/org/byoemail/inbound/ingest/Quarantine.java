package org.byoemail.inbound.ingest;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.mailbox.AccountChangeDispatcher;
import org.byoemail.inbound.mailbox.InboundMailRows;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Tries mails again that were put aside. Each becomes a message once at most, however often and
 * wherever it is tried. Safe for use by many threads and nodes.
 */
@Component
public class Quarantine {
  private final Inbox inbox;
  private final Accounts accounts;
  private final AccountChangeDispatcher notices;
  private final Reprocessing reprocessing;
  private final InboundMailRows rows;
  private final AuditLog audit;

  Quarantine(
      Inbox inbox,
      Accounts accounts,
      AccountChangeDispatcher notices,
      Reprocessing reprocessing,
      InboundMailRows rows,
      AuditLog audit) {
    this.audit = audit;
    this.inbox = inbox;
    this.accounts = accounts;
    this.notices = notices;
    this.reprocessing = reprocessing;
    this.rows = rows;
  }

  /**
   * Takes a mail through the inbound route again. One of which only the header is kept is fetched
   * from its mailbox by its watcher, as soon as possible: {@link InboxEntry#refetchAt} says since
   * when. Not to be called inside a transaction.
   *
   * @param organization null: whichever it belongs to
   * @return its outcome; empty if there is no such mail
   * @throws RetryRefused if it is not put aside, or its account does not receive
   */
  public Optional<InboxEntry> retry(@Nullable OrganizationId organization, UUID id) {
    Optional<InboxEntry> found = inbox.find(organization, id);
    if (found.isEmpty()) {
      return found;
    }
    InboxEntry item = found.get();
    if (item.status() != InboundStatus.QUARANTINED) {
      throw new RetryRefused(id, "it is not in the quarantine: it is " + item.status().word());
    }
    Account account =
        accounts
            .find(item.account())
            .orElseThrow(() -> new RetryRefused(id, "its account was deleted"));
    if (item.headerOnly() || item.raw() == null) {
      fetchAgain(account, id);
    } else {
      reprocessing.process(account, item, false);
    }
    // The mail was taken through the route in transactions of its own.
    audit.recordAlone(
        "quarantine.retried",
        id,
        account.organization(),
        Map.of("account", account.id().toString()));
    return inbox.find(organization, id);
  }

  private void fetchAgain(Account account, UUID id) {
    if (!account.isReceiving()) {
      throw new RetryRefused(
          id, "only its header is kept, and its account does not receive: enable or resume it");
    }
    if (!rows.requestRefetch(id)) {
      throw new RetryRefused(
          id, "only its header is kept, and the UIDVALIDITY of its folder has changed since");
    }
    notices.pollNow(account.id());
  }
}
