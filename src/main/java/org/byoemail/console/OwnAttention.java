package org.byoemail.console;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.byoemail.account.registry.AccountFilter;
import org.byoemail.account.registry.AccountStatus;
import org.byoemail.account.registry.Accounts;
import org.byoemail.console.Attention.Subject;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.ingest.InboundStatus;
import org.byoemail.inbound.ingest.Inbox;
import org.byoemail.inbound.ingest.InboxFilter;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.outbox.DeadLetters;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.outbound.outbox.OutboxFilter;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.outbound.review.Reviews;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsolePermissions;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;

/**
 * What needs the attention of a person of one organisation, counted in that organisation's lists.
 * Safe for use by many threads.
 */
@Component
class OwnAttention {
  /** The count stops here. */
  private static final int MOST = 50;

  private final Accounts accounts;
  private final Inbox inbox;
  private final Outbox outbox;
  private final ReviewDesk desk;
  private final DeadLetters letters;

  OwnAttention(
      Accounts accounts, Inbox inbox, Outbox outbox, ReviewDesk desk, DeadLetters letters) {
    this.accounts = accounts;
    this.inbox = inbox;
    this.outbox = outbox;
    this.desk = desk;
    this.letters = letters;
  }

  /** The urgent items first; empty if all is well. */
  List<Attention.Item> items(Caller caller) {
    OrganizationId own = caller.organization();
    List<Attention.Item> items = new ArrayList<>();
    add(items, caller, Subject.ACCOUNTS_IN_ERROR, most -> accounts(own, AccountStatus.ERROR, most));
    add(
        items,
        caller,
        Subject.NEEDS_REAUTHORIZATION,
        most -> accounts(own, AccountStatus.NEEDS_REAUTHORIZATION, most));
    add(
        items,
        caller,
        Subject.HELD_OUTGOING,
        most ->
            outbox.list(new OutboxFilter(own, null, MessageStatus.HELD, null, null, most)).size());
    add(
        items,
        caller,
        Subject.IN_REVIEW,
        most ->
            desk.list(new Reviews.Filter(own, null, "requested", null, null), null, most).size());
    add(items, caller, Subject.HELD_RECEIVED, most -> inbound(own, InboundStatus.HELD, most));
    add(items, caller, Subject.QUARANTINED, most -> inbound(own, InboundStatus.QUARANTINED, most));
    add(items, caller, Subject.FAILED_FOR_GOOD, most -> letters.list(own, null, most).size());
    return items;
  }

  private int accounts(@Nullable OrganizationId own, AccountStatus status, int most) {
    return accounts.list(new AccountFilter(own, status, null, null, null, most)).size();
  }

  private int inbound(@Nullable OrganizationId own, InboundStatus status, int most) {
    return inbox.list(new InboxFilter(own, null, status, null, null), most).size();
  }

  private static void add(
      List<Attention.Item> items, Caller caller, Subject subject, IntUnaryOperator count) {
    String page = subject.path().replaceFirst("\\?.*", "");
    if (!ConsolePermissions.admits(caller, HttpMethod.GET, page)) {
      return;
    }
    int found = count.applyAsInt(MOST + 1);
    if (found > 0) {
      items.add(subject.item(found > MOST ? "more than " + MOST : String.valueOf(found)));
    }
  }
}
