package org.byoemail.inbound.ingest;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.inbound.ingest.IngestDecision.Verdict;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.jspecify.annotations.Nullable;
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
 *       Subject. Mails without either cannot be told apart from new ones. Copies to several
 *       addresses of a catch-all domain are several mails.
 *   <li>It was taken in from another folder of the account: see {@link CrossFolderDuplicates}.
 * </ul>
 */
@Repository
class DuplicateDetector {
  private final JdbcClient jdbc;
  private final CrossFolderDuplicates otherFolders;

  DuplicateDetector(JdbcClient jdbc, CrossFolderDuplicates otherFolders) {
    this.otherFolders = otherFolders;
    this.jdbc = jdbc;
  }

  /** What is recorded of the mails of a batch. */
  Recorded recorded(IngestBatch batch) {
    Map<Copy, Counts> counts = new HashMap<>();
    List<MailboxId> others = new ArrayList<>();
    IncomingMail first = batch.first();
    Map<Copy, Instant> copies = new LinkedHashMap<>();
    batch.all().forEach(item -> copies.put(Copy.of(item), item.destination().apartSince()));
    jdbc.sql(
            """
            SELECT f.fingerprint, f.recipient, NULL::uuid AS other_folder,
              count(*) FILTER (WHERE i.epoch < :epoch AND i.status <> 'duplicate') AS before,
              count(*) FILTER (WHERE i.epoch = :epoch) AS now,
              count(*) FILTER (WHERE i.status IN ('ingested', 'report')) AS taken_in
            FROM unnest(:fingerprints::bytea[], :recipients::text[], :since::timestamptz[])
                AS f (fingerprint, recipient, since)
              JOIN inbound_mail i ON i.mailbox_id = :mailbox AND i.fingerprint = f.fingerprint
                AND (f.recipient IS NULL OR i.recipient IS NULL OR i.recipient = f.recipient
                  OR i.created_at < f.since)
            GROUP BY f.fingerprint, f.recipient
            UNION ALL SELECT NULL, NULL, other.id, 0, 0, 0 FROM (%s) other
            """
                .formatted(CrossFolderDuplicates.MAILBOXES))
        .param("mailbox", first.mailbox().value())
        .param("account", batch.account().id().value())
        .param("epoch", first.epoch())
        .param(
            "fingerprints",
            copies.keySet().stream().map(copy -> copy.fingerprint().array()).toArray(byte[][]::new))
        .param("recipients", copies.keySet().stream().map(Copy::recipient).toArray(String[]::new))
        .param(
            "since",
            copies.values().stream()
                .map(since -> since == null ? null : since.toString())
                .toArray(String[]::new))
        .query(
            row -> {
              UUID other = row.getObject("other_folder", UUID.class);
              if (other != null) {
                others.add(new MailboxId(other));
                return;
              }
              counts.put(
                  new Copy(
                      ByteBuffer.wrap(row.getBytes("fingerprint")), row.getString("recipient")),
                  new Counts(row.getLong("before"), row.getLong("now"), row.getLong("taken_in")));
            });
    return new Recorded(counts, takenIn(batch), otherFolders.ingested(batch, others));
  }

  /**
   * Leaves the first of several copies that a batch would take in. To be called once all are
   * judged.
   */
  static void leaveOne(List<IngestItem> items) {
    Set<String> emailIds = new HashSet<>();
    Set<Copy> copies = new HashSet<>();
    for (IngestItem item : items) {
      if (!CrossFolderDuplicates.isAccepted(item)) {
        continue;
      }
      IncomingMail mail = item.mail();
      boolean isFirstOfEmailId = mail.emailId() == null || emailIds.add(mail.emailId());
      boolean isFirstCopy = mail.headers().messageId().isEmpty() || copies.add(Copy.of(item));
      if (!isFirstOfEmailId || !isFirstCopy) {
        item.decide(new IngestDecision(Verdict.DUPLICATE, "another copy of it is taken in"));
        item.keep(MailContent.NOTHING);
      }
    }
  }

  /** The server's ids of the mails in the batch that were ingested before. */
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
            .param("mailbox", batch.first().mailbox().value())
            .param("ids", ids)
            .query(String.class)
            .list());
  }

  /**
   * What identifies a mail.
   *
   * @param recipient the recipient if copies to different recipients are separate mails; null if
   *     not
   */
  private record Copy(ByteBuffer fingerprint, @Nullable String recipient) {
    static Copy of(IngestItem item) {
      return new Copy(
          ByteBuffer.wrap(item.mail().fingerprint()), item.destination().separateRecipient());
    }
  }

  private record Counts(long before, long now, long takenIn) {
    static final Counts NONE = new Counts(0, 0, 0);
  }

  /**
   * The recorded mails and those about to be recorded: mails of one batch may be duplicates, too.
   */
  static final class Recorded {
    private final Map<Copy, Counts> counts;
    private final Set<String> emailIds;
    private final Set<IncomingMail> elsewhere;

    private Recorded(Map<Copy, Counts> counts, Set<String> emailIds, Set<IncomingMail> elsewhere) {
      this.elsewhere = elsewhere;
      this.counts = counts;
      this.emailIds = emailIds;
    }

    boolean isKnown(IngestItem item) {
      IncomingMail mail = item.mail();
      if (mail.emailId() != null && emailIds.contains(mail.emailId()) || elsewhere.contains(mail)) {
        return true;
      }
      Counts of = counts.getOrDefault(Copy.of(item), Counts.NONE);
      // One that is tried again is recorded itself.
      return mail.quarantineId().isEmpty() && of.now() < of.before()
          || of.takenIn() > 0 && mail.headers().messageId().isPresent();
    }

    /**
     * One more of its kind. Not as taken in: a later step may hold or refuse it, and its twin is
     * the good one; see {@link #leaveOne}.
     */
    void add(IngestItem item) {
      counts.merge(
          Copy.of(item),
          new Counts(0, 1, 0),
          (old, one) -> new Counts(old.before(), old.now() + 1, old.takenIn()));
    }
  }
}
