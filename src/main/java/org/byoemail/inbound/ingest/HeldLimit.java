package org.byoemail.inbound.ingest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Limits how much mail is held for an agent, since anyone can forge a contact's From address. One
 * sender gets a tenth of the limit, so that a flood from one address leaves room for others. Mail
 * over the limit is refused and stays in its mailbox. Concurrent transactions may exceed the limit
 * by what they hold. Thread-safe.
 */
@Component
class HeldLimit {
  private static final int SENDERS = 10;

  private final JdbcClient jdbc;
  private final int max;

  HeldLimit(JdbcClient jdbc, InboundSettings settings) {
    this.jdbc = jdbc;
    this.max = settings.maxHeld();
  }

  /**
   * Refuses new mails that would be held beyond the bound, in the transaction of the caller.
   *
   * @return those
   */
  List<IngestItem> apply(List<IngestItem> fresh) {
    Map<UUID, Held> held = new HashMap<>();
    List<IngestItem> refused = new ArrayList<>();
    for (IngestItem item : fresh) {
      // What waits for a scanner or DNS is decided by itself: refused, it would never be taken in.
      if (item.becomes(InboundStatus.HELD) && !item.isHeldForNow()) {
        Held present = held.computeIfAbsent(item.destination().agent().value(), this::heldFor);
        String sender = sender(item);
        boolean full = present.total >= max;
        if (full || present.of(sender) >= Math.max(1, max / SENDERS)) {
          item.refuseHeld(
              IngestDecision.refuse(reason(full ? present.total : present.of(sender), full)));
          item.keep(MailContent.NOTHING);
          refused.add(item);
        } else {
          present.add(sender, 1);
        }
      }
    }
    return refused;
  }

  private static String reason(int held, boolean full) {
    return String.format(
        Locale.ROOT,
        "not held for review: %,d mails %s are already held (byo.inbound.max-held). Decide on those;"
            + " this mail stays in its mailbox",
        held,
        full ? "for this agent" : "of this sender");
  }

  private static String sender(IngestItem item) {
    String sender = InboundMails.sender(item.mail().headers());
    return sender == null ? "" : sender.toLowerCase(Locale.ROOT);
  }

  private static final class Held {
    private final Map<String, Integer> bySender = new HashMap<>();
    private int total;

    void add(String sender, int mails) {
      bySender.merge(sender, mails, Integer::sum);
      total += mails;
    }

    int of(String sender) {
      return bySender.getOrDefault(sender, 0);
    }
  }

  private Held heldFor(UUID agent) {
    Held held = new Held();
    jdbc.sql(
            """
            SELECT lower(coalesce(sender, '')) AS sender, count(*) AS mails FROM inbound_mail
            WHERE held_agent = :agent AND held_at IS NOT NULL AND status = 'quarantined' AND recheck_at IS NULL
            GROUP BY 1
            """)
        .param("agent", agent)
        .query(
            row -> {
              held.add(row.getString("sender"), row.getInt("mails"));
            });
    return held;
  }
}
