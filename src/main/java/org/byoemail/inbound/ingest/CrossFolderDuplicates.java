package org.byoemail.inbound.ingest;

import java.sql.Types;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.inbound.ingest.IngestDecision.Verdict;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Recognises mail that was ingested from another folder of the same account, where it was copied or
 * moved, or where a label of Gmail shows it again. It is the same mail if the server calls it the
 * same (EMAILID, X-GM-MSGID), if Message-ID, Date, From, To and Subject are the same, or, without a
 * Message-ID, if the other four, INTERNALDATE and size are. Copies to several addresses of a
 * catch-all domain are several mails, whatever folder each is in, unless the server calls them the
 * same. Safe for use by many threads and nodes.
 */
@Repository
class CrossFolderDuplicates {
  /**
   * Selects the ids of the other mailboxes of {@code :account}: the ones that it watches, and the
   * ones with the login of {@code :mailbox} that it has watched.
   */
  static final String MAILBOXES =
      """
      SELECT m.id FROM mailbox m JOIN mailbox own ON own.id = :mailbox
      WHERE m.id <> own.id AND (m.owner_account_id = :account
        OR m.known_account_id = :account AND m.owner_account_id IS NULL
          AND lower(m.host) = lower(own.host) AND lower(m.login) = lower(own.login))
      """;

  private final JdbcClient jdbc;

  CrossFolderDuplicates(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Those of the mails that were ingested from another folder.
   *
   * @param others the other mailboxes of the account
   */
  Set<IncomingMail> ingested(IngestBatch batch, List<MailboxId> others) {
    return others.isEmpty() ? Set.of() : ingested(others, null, batch.all());
  }

  /**
   * Decides again on mails that are about to be stored: another node may have ingested them from
   * another folder meanwhile, or, of held mail, another copy in the same one. Until the transaction
   * ends, no node ingests a copy from any folder of the account.
   *
   * @param others the other mailboxes of the account, as this transaction sees them
   * @param copied whether copies of them may be recorded in their own mailbox
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void settle(
      IngestBatch batch, List<IngestItem> fresh, List<MailboxId> others, boolean copied) {
    List<IngestItem> accepted = fresh.stream().filter(CrossFolderDuplicates::isAccepted).toList();
    if (accepted.isEmpty() || others.isEmpty() && !copied) {
      return;
    }
    lock(batch.account());
    Set<IncomingMail> known = ingested(others, copied ? batch.first().mailbox() : null, accepted);
    for (IngestItem item : accepted) {
      if (known.contains(item.mail())) {
        item.decide(
            new IngestDecision(
                Verdict.DUPLICATE,
                copied
                    ? "another copy of it was taken in meanwhile"
                    : "it was taken in from another folder meanwhile"));
        item.keep(MailContent.NOTHING);
      }
    }
  }

  static boolean isAccepted(IngestItem item) {
    return item.becomes(InboundStatus.INGESTED) || item.becomes(InboundStatus.REPORT);
  }

  private void lock(Account account) {
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('folders of ' || :account, 0))")
        .param("account", account.id().toString())
        .query(Integer.class)
        .single();
  }

  /**
   * @param own their own mailbox, if copies there count as well: those with the same Message-ID, or
   *     that the server calls the same; null if not
   */
  private Set<IncomingMail> ingested(
      List<MailboxId> others, @Nullable MailboxId own, List<IngestItem> items) {
    List<IncomingMail> mails = items.stream().map(IngestItem::mail).toList();
    List<Integer> found =
        jdbc.sql(
                """
                SELECT mail.position
                FROM unnest(:positions::int[], :fingerprints::bytea[], :sizes::bigint[], :received::timestamptz[],
                  :identified::boolean[], :emailIds::text[], :recipients::text[], :since::timestamptz[])
                  AS mail (position, fingerprint, size, received_at, identified, email_id, recipient, since)
                WHERE EXISTS (
                    SELECT 1 FROM inbound_mail i WHERE i.mailbox_id = ANY(:mailboxes)
                      AND i.fingerprint = mail.fingerprint AND i.status IN ('ingested', 'report')
                      AND (mail.identified OR i.mailbox_id IS DISTINCT FROM :own
                        AND i.size = mail.size AND i.received_at = mail.received_at)
                      AND (mail.recipient IS NULL OR i.recipient IS NULL OR i.recipient = mail.recipient
                        OR i.created_at < mail.since))
                  OR EXISTS (
                    SELECT 1 FROM inbound_mail i WHERE i.mailbox_id = ANY(:mailboxes)
                      AND i.email_id = mail.email_id AND i.status IN ('ingested', 'report'))
                """)
            .param("positions", IntStream.range(0, mails.size()).boxed().toArray(Integer[]::new))
            .param(
                "fingerprints",
                mails.stream().map(IncomingMail::fingerprint).toArray(byte[][]::new))
            .param("sizes", mails.stream().map(IncomingMail::size).toArray(Long[]::new))
            .param(
                "received",
                mails.stream()
                    .map(mail -> mail.receivedAt() == null ? null : mail.receivedAt().toString())
                    .toArray(String[]::new))
            .param(
                "identified",
                mails.stream()
                    .map(mail -> mail.headers().messageId().isPresent())
                    .toArray(Boolean[]::new))
            .param("emailIds", mails.stream().map(IncomingMail::emailId).toArray(String[]::new))
            .param(
                "recipients",
                items.stream()
                    .map(item -> item.destination().separateRecipient())
                    .toArray(String[]::new))
            .param(
                "since",
                items.stream()
                    .map(item -> item.destination().apartSince())
                    .map(since -> since == null ? null : since.toString())
                    .toArray(String[]::new))
            .param("own", own == null ? null : own.value(), Types.OTHER)
            .param(
                "mailboxes",
                Stream.concat(others.stream(), Stream.ofNullable(own))
                    .map(MailboxId::value)
                    .toArray(UUID[]::new))
            .query(Integer.class)
            .list();
    Set<IncomingMail> ingested = new HashSet<>();
    found.forEach(position -> ingested.add(mails.get(position)));
    return ingested;
  }
}
