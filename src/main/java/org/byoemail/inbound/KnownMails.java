package org.byoemail.inbound;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.byoemail.mailbox.IncomingMail;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Recognises mail that was dealt with before, under another UID. Two cases:
 *
 * <ul>
 *   <li>The server has numbered the folder anew: each mail that was recorded before is met once
 *       more, as many times as it was recorded.
 *   <li>It came back, from an archive or after a snooze: a mail of the same Message-ID, Date, From,
 *       To and Subject was taken in. Mails without a Message-ID cannot be told apart from new ones.
 * </ul>
 */
@Repository
class KnownMails {
  private final JdbcClient jdbc;

  KnownMails(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** What is recorded of the mails of a batch. */
  Recorded recorded(IntakeBatch batch) {
    Map<ByteBuffer, Counts> counts = new HashMap<>();
    IncomingMail first = batch.first();
    byte[][] fingerprints =
        batch.all().stream().map(one -> one.mail().fingerprint()).toArray(byte[][]::new);
    jdbc.sql(
            """
            SELECT fingerprint, count(*) FILTER (WHERE epoch < :epoch AND status <> 'duplicate') AS before,
              count(*) FILTER (WHERE epoch = :epoch) AS now,
              count(*) FILTER (WHERE status IN ('ingested', 'report')) AS taken_in
            FROM inbound_mail WHERE mailbox_id = :mailbox AND fingerprint = ANY(:fingerprints)
            GROUP BY fingerprint
            """)
        .param("mailbox", first.mailbox())
        .param("epoch", first.epoch())
        .param("fingerprints", fingerprints)
        .query(
            row -> {
              counts.put(
                  ByteBuffer.wrap(row.getBytes("fingerprint")),
                  new Counts(row.getLong("before"), row.getLong("now"), row.getLong("taken_in")));
            });
    return new Recorded(counts);
  }

  private record Counts(long before, long now, long takenIn) {
    static final Counts NONE = new Counts(0, 0, 0);
  }

  /** What is recorded, and what is about to be: the mails of a batch may be alike, too. */
  static final class Recorded {
    private final Map<ByteBuffer, Counts> counts;

    private Recorded(Map<ByteBuffer, Counts> counts) {
      this.counts = counts;
    }

    boolean isKnown(IncomingMail mail) {
      Counts of = counts.getOrDefault(ByteBuffer.wrap(mail.fingerprint()), Counts.NONE);
      // One that is tried again is recorded itself.
      return mail.retried().isEmpty() && of.now() < of.before()
          || of.takenIn() > 0 && mail.headers().messageId().isPresent();
    }

    /** One more of its kind. */
    void add(IncomingMail mail, boolean takenIn) {
      counts.merge(
          ByteBuffer.wrap(mail.fingerprint()),
          new Counts(0, 1, takenIn ? 1 : 0),
          (old, one) -> new Counts(old.before(), old.now() + 1, old.takenIn() + one.takenIn()));
    }
  }
}
