package org.byoemail.inbound.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.account.alias.Aliases;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.format.authentication.SenderVerdict;
import org.byoemail.format.mail.JsonText;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.format.mail.StoredText;
import org.byoemail.format.mime.AutoSubmitted;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.inbound.ingest.IngestDecision.Verdict;
import org.byoemail.inbound.mailbox.InboundMailRows;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.byoemail.platform.conversation.ContentStore.Piece;
import org.byoemail.platform.restore.RestoreDetection;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * One row for each mail read from a mailbox, whatever its outcome. It makes reading idempotent: by
 * its place, and by its fingerprint, which outlives the message.
 */
@Repository
class InboundMails {
  private static final int MAX_TEXT_LENGTH = 1000;

  private static final String OTHERS = "ARRAY(" + CrossFolderDuplicates.MAILBOXES + ") AS others";

  private final JdbcClient jdbc;
  private final InboundMailRows rows;
  private final Aliases aliases;
  private final RestoreDetection restore;
  private final ObjectMapper json;
  private final HeldLimit limit;

  InboundMails(
      JdbcClient jdbc,
      InboundMailRows rows,
      Aliases aliases,
      RestoreDetection restore,
      ObjectMapper json,
      HeldLimit limit) {
    this.limit = limit;
    this.json = json;
    this.restore = restore;
    this.aliases = aliases;
    this.jdbc = jdbc;
    this.rows = rows;
  }

  /**
   * Some mails of a batch.
   *
   * @param otherFolders the other mailboxes of the account: see {@link CrossFolderDuplicates}
   * @param copied whether copies of them may be recorded in their own mailbox
   * @param now when they were looked for, by the database's clock
   */
  record Existing<T>(Set<T> mails, List<MailboxId> otherFolders, boolean copied, Instant now) {
    private static <T> Existing<T> of(ResultSet row, T[] mails) throws SQLException {
      UUID[] others = (UUID[]) row.getArray("others").getArray();
      return new Existing<>(
          Set.of(mails),
          Stream.of(others).map(MailboxId::new).toList(),
          row.getBoolean("copied"),
          row.getTimestamp("now").toInstant());
    }
  }

  /** The UIDs that are recorded already; the lease keeps other writers out of the mailbox. */
  Existing<Long> present(IngestBatch batch) {
    IncomingMail first = batch.first();
    return jdbc.sql(
            """
            SELECT statement_timestamp() AS now,
              EXISTS (SELECT 1 FROM inbound_mail
                WHERE mailbox_id = :mailbox AND fingerprint = ANY(:fingerprints)) AS copied,
              ARRAY(SELECT uid FROM inbound_mail
              WHERE mailbox_id = :mailbox AND uid_validity = :validity
                AND epoch = :epoch AND uid = ANY(:uids)) AS uids,
            """
                + OTHERS)
        .param("mailbox", first.mailbox().value())
        .param("account", batch.account().id().value())
        .param(
            "fingerprints",
            batch.all().stream().map(one -> one.mail().fingerprint()).toArray(byte[][]::new))
        .param("validity", first.uidValidity())
        .param("epoch", first.epoch())
        .param("uids", batch.all().stream().map(one -> one.mail().uid()).toArray(Long[]::new))
        .query((row, number) -> Existing.of(row, (Long[]) row.getArray("uids").getArray()))
        .single();
  }

  /** The ids of those that are still put aside, locked until the transaction ends. */
  Existing<UUID> lockQuarantined(IngestBatch batch) {
    return jdbc.sql(
            """
            WITH locked AS (
              SELECT id FROM inbound_mail WHERE id = ANY(:ids) AND status = 'quarantined' FOR UPDATE)
            SELECT statement_timestamp() AS now, true AS copied, ARRAY(SELECT id FROM locked) AS ids,
            """
                + OTHERS)
        .param("mailbox", batch.first().mailbox().value())
        .param("account", batch.account().id().value())
        .param("ids", batch.all().stream().map(IngestItem::id).toArray(UUID[]::new))
        .query((row, number) -> Existing.of(row, (UUID[]) row.getArray("ids").getArray()))
        .single();
  }

  /**
   * Records the new outcome of a quarantined mail.
   *
   * @param message the message that it becomes; null: none
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void change(IngestItem item, @Nullable StoredMessageId message) {
    rows.change(item.id(), outcome(item, message));
    item.recorded();
  }

  /**
   * Records the outcome of mails, in the transaction that brings it about, and which probes of
   * aliases have arrived.
   *
   * @param messages the messages that they become, by the id of the intake
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(List<IngestItem> intakes, Map<UUID, StoredMessageId> messages) {
    if (intakes.isEmpty()) {
      return;
    }
    rows.insert(intakes.stream().map(item -> row(item, messages.get(item.id()))).toList());
    intakes.forEach(IngestItem::recorded);
    for (IngestItem item : intakes) {
      if (item.decision().verdict() == Verdict.PROBE) {
        MailHeaders headers = item.mail().headers();
        aliases.arrived(
            item.account(),
            headers.subject(),
            headers.from().map(NamedAddress::address).orElse(null),
            EnvelopeRecipients.isDelivered(headers));
      }
    }
  }

  private InboundMailRows.NewRow row(IngestItem item, @Nullable StoredMessageId message) {
    MailHeaders headers = item.mail().headers();
    return new InboundMailRows.NewRow(
        item.id(),
        item.mail(),
        outcome(item, message),
        sender(headers),
        clean(headers.subject()),
        clean(headers.messageId().map(MessageId::value).orElse(null)),
        item.authentication().word(),
        isTakenIn(item) && item.mail().isPossibleDuplicate(),
        item.destination().recipient() == null ? null : item.destination().recipient().value(),
        clean(item.destination().tag()),
        restore.mayBeKnown(item.mail().receivedAt()));
  }

  private InboundMailRows.Outcome outcome(IngestItem item, @Nullable StoredMessageId message) {
    AfterIngest after = item.mail().afterIngest();
    return new InboundMailRows.Outcome(
        item.decision().status().stored(),
        clean(item.decision().reason()),
        message,
        isTakenIn(item) && after != AfterIngest.NONE ? after : null,
        item.kind(),
        item.autoSubmitted(),
        raw(item),
        item.content().headerOnly(),
        sender(item),
        MailReader.VERSION);
  }

  private InboundMailRows.@Nullable Sender sender(IngestItem item) {
    SenderVerdict verdict = item.verdict();
    if (verdict == null) {
      return null;
    }
    AdmissionReason letIn = item.letIn();
    return new InboundMailRows.Sender(
        verdict.kind().word(),
        verdict.source() == null ? null : verdict.source().word(),
        StoredText.of(verdict.reason(), MAX_TEXT_LENGTH),
        facts(verdict),
        letIn == null ? null : letIn.word(),
        item.isWithheld() ? item.destination().agent().value() : null,
        item.heldBecause() == HoldReason.SENDER ? null : item.heldBecause().word(),
        item.isHeldForNow(),
        item.isScanFailed());
  }

  private String facts(SenderVerdict verdict) {
    try {
      return JsonText.withoutNul(
          json.writeValueAsString(Map.of("facts", verdict.facts(), "proofs", verdict.proofs())));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("facts that cannot be written as JSON", e);
    }
  }

  /**
   * Refuses new mails that would be held beyond the bound of their agent.
   *
   * @return those
   */
  List<IngestItem> refuseTooManyHeld(List<IngestItem> fresh) {
    return limit.apply(fresh);
  }

  /**
   * Those of some mails that were not held yet, for now only, or for another reason, when they were
   * last stored.
   */
  Set<UUID> notAnnouncedAsHeld(IngestBatch batch) {
    return Set.copyOf(
        jdbc.sql(
                """
                SELECT m.id FROM unnest(:ids::uuid[], :because::text[]) AS now (id, because)
                JOIN inbound_mail m ON m.id = now.id
                WHERE m.held_at IS NULL OR m.recheck_at IS NOT NULL OR coalesce(m.held_because, 'sender') <> now.because
                """)
            .param("ids", batch.all().stream().map(IngestItem::id).toArray(UUID[]::new))
            .param(
                "because",
                batch.all().stream().map(one -> one.heldBecause().word()).toArray(String[]::new))
            .query(UUID.class)
            .list());
  }

  private static InboundMailRows.@Nullable Raw raw(IngestItem item) {
    Piece raw = item.content().raw();
    if (raw == null) {
      return null;
    }
    return new InboundMailRows.Raw(
        raw.sha256(), raw.isWhole() ? null : raw.offset(), raw.isWhole() ? null : raw.length());
  }

  private static boolean isTakenIn(IngestItem item) {
    return item.becomes(InboundStatus.INGESTED) || item.becomes(InboundStatus.REPORT);
  }

  /** The address in From, or the field's text if it has none, shortened. */
  static @Nullable String sender(MailHeaders headers) {
    return clean(
        headers
            .from()
            .map(NamedAddress::address)
            .map(Object::toString)
            .orElseGet(headers::fromName));
  }

  /** How a machine's mail is marked: auto-replied, auto-generated or list; null for a person's. */
  static @Nullable String autoSubmitted(MailHeaders headers) {
    AutoSubmitted automatic = headers.autoSubmitted();
    if (automatic != AutoSubmitted.NO) {
      return "auto-" + automatic.name().toLowerCase(Locale.ROOT);
    }
    return headers.isListMail() ? "list" : null;
  }

  /** As the database can hold it. */
  static @Nullable String clean(@Nullable String text) {
    return text == null ? null : StoredText.of(text, MAX_TEXT_LENGTH);
  }
}
