package org.byoemail.inbound.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.byoemail.account.registry.Account;
import org.byoemail.inbound.mailbox.InboundMailRows;
import org.byoemail.inbound.mailbox.IncomingBatch;
import org.byoemail.inbound.mailbox.RawMail;
import org.springframework.stereotype.Component;

/**
 * Takes a stored mail through the inbound route again, in transactions of its own. Each becomes a
 * message once at most, however often and wherever it is taken. Safe for use by many threads.
 */
@Component
class Reprocessing {
  private final Inbox inbox;
  private final QuarantineRoute route;
  private final InboundSettings settings;
  private final InboundMailRows rows;

  Reprocessing(Inbox inbox, QuarantineRoute route, InboundSettings settings, InboundMailRows rows) {
    this.inbox = inbox;
    this.route = route;
    this.settings = settings;
    this.rows = rows;
  }

  /**
   * Takes it through the route.
   *
   * @param released whether a person has let it in
   */
  void process(Account account, InboxEntry item, boolean released) {
    try (InputStream stored = inbox.raw(item).orElseThrow();
        IncomingBatch mail =
            IncomingBatch.ofQuarantined(
                account, rows.quarantined(item.id()), RawMail.of(stored), settings.markSeen())) {
      route.take(released ? mail.released() : mail);
    } catch (IOException e) {
      throw new UncheckedIOException("the raw mail " + item.id() + " cannot be read", e);
    }
  }
}
