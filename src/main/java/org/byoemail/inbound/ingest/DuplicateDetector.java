package org.byoemail.inbound.ingest;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Recognises mail that was ingested before under another UID. Three cases:
 *
 * <ul>
 *   <li>UIDVALIDITY of the folder has changed: each mail that was recorded before is found again,
 *       as many times as it was recorded.
 *   <li>It came back, from an archive or after a snooze: a mail that the server calls the same
 *       (EMAILID, X-GM-MSGID) was taken in, or one of the same Message-ID, Date, From, To and
 *       Subject. Mails without either cannot be told apart from new ones.
 *   <li>It was taken in from another folder of the account: see {@link OtherFolders}.
 * </ul>
 */
@Repository
class DuplicateDetector {
  private final JdbcClient jdbc;
  private final OtherFolders otherFolders;

  DuplicateDetector(JdbcClient jdbc, OtherFolders otherFolders) {
    this.otherFolders = otherFolders;
    this.jdbc = jdbc;
  }

  /** What is recorded of the mails of a batch. */
  Recorded recorded(IngestBatch batch) {
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
    return new Recorded(counts, takenIn(batch), otherFolders.ingested(batch));
  }

  /** What the server calls those of the batch that were taken in before. */
  private Set<String> takenIn(IngestBatch batch) {
    String[] ids =
        batch.all().stream()
            .map(one -> one.mail().emailId())
            .filter(Objects::nonNull)
            .toArray(String[]::new);
    if (ids.length == 0) {
      return new HashSet<>();
    }
    return new HashSet<>(
        jdbc.sql(
                """
                SELECT email_id FROM inbound_mail WHERE mailbox_id = :mailbox AND email_id = ANY(:ids)
                  AND status IN ('ingested', 'report')
                """)
            .param("mailbox", batch.first().mailbox())
            .param("ids", ids)
            .query(String.class)
            .list());
  }

  private record Counts(long before, long now, long takenIn) {
    static final Counts NONE = new Counts(0, 0, 0);
  }

  /**
   * The recorded mails and those about to be recorded: mails of one batch may be duplicates, too.
   */
  static final class Recorded {
    private final Map<ByteBuffer, Counts> counts;
    private final Set<String> emailIds;
    private final Set<IncomingMail> elsewhere;

    private Recorded(
        Map<ByteBuffer, Counts> counts, Set<String> emailIds, Set<IncomingMail> elsewhere) {
      this.elsewhere = elsewhere;
      this.counts = counts;
      this.emailIds = emailIds;
    }

    boolean isKnown(IncomingMail mail) {
      if (mail.emailId() != null && emailIds.contains(mail.emailId()) || elsewhere.contains(mail)) {
        return true;
      }
      Counts of = counts.getOrDefault(ByteBuffer.wrap(mail.fingerprint()), Counts.NONE);
      // One that is tried again is recorded itself.
      return mail.quarantineId().isEmpty() && of.now() < of.before()
          || of.takenIn() > 0 && mail.headers().messageId().isPresent();
    }

    /** One more of its kind. */
    void add(IncomingMail mail, boolean takenIn) {
      if (takenIn && mail.emailId() != null) {
        emailIds.add(mail.emailId());
      }
      counts.merge(
          ByteBuffer.wrap(mail.fingerprint()),
          new Counts(0, 1, takenIn ? 1 : 0),
          (old, one) -> new Counts(old.before(), old.now() + 1, old.takenIn() + one.takenIn()));
    }
  }
}
