package org.byoemail.inbound;

import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.byoemail.event.EventType;
import org.byoemail.event.Events;
import org.byoemail.mail.AutoSubmitted;
import org.byoemail.mail.Ids;
import org.byoemail.mail.MailHeaders;
import org.byoemail.mail.MessageId;
import org.byoemail.mail.NamedAddress;
import org.byoemail.mail.Times;
import org.byoemail.mailbox.IncomingMail;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * One row for each mail that was read from a mailbox, whatever became of it. It makes reading
 * idempotent: by its place, and by its fingerprint, which outlives the message.
 */
@Repository("inboundMails")
public class InboundMails {
  private static final int LONGEST_SUBJECT = 1000;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final Events events;

  InboundMails(JdbcClient jdbc, Clock clock, Events events) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.events = events;
  }

  /**
   * Whether the mail was dealt with before, under another UID. Two cases:
   *
   * <ul>
   *   <li>The server has numbered the folder anew: each mail that was recorded before is met once
   *       more, as many times as it was recorded.
   *   <li>It came back, from an archive or after a snooze: a mail of the same Message-ID, Date,
   *       From, To and Subject was taken in. Mails without a Message-ID cannot be told apart from
   *       new ones.
   * </ul>
   */
  boolean isKnown(IncomingMail mail) {
    Recorded recorded =
        jdbc.sql(
                """
                SELECT count(*) FILTER (WHERE epoch < :epoch AND status <> 'duplicate') AS before,
                  count(*) FILTER (WHERE epoch = :epoch) AS now,
                  count(*) FILTER (WHERE status IN ('ingested', 'report')) AS taken_in
                FROM inbound_mail WHERE mailbox_id = :mailbox AND fingerprint = :fingerprint
                """)
            .param("mailbox", mail.mailbox())
            .param("epoch", mail.epoch())
            .param("fingerprint", mail.headers().fingerprint())
            .query(
                (row, number) ->
                    new Recorded(
                        row.getLong("before"), row.getLong("now"), row.getLong("taken_in")))
            .single();
    return recorded.now() < recorded.before()
        || recorded.takenIn() > 0 && mail.headers().messageId().isPresent();
  }

  private record Recorded(long before, long now, long takenIn) {}

  /**
   * Records what becomes of a mail, in the transaction that does it.
   *
   * @return the id of the row; null where there was one already, so that nothing is to be done
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public @Nullable UUID record(IncomingMail mail, Decision decision, @Nullable Content content) {
    UUID id = Ids.next();
    InboundStatus status = decision.status();
    boolean takenIn = status == InboundStatus.INGESTED || status == InboundStatus.REPORT;
    MailHeaders headers = mail.headers();
    String sender =
        clean(
            headers
                .from()
                .map(NamedAddress::address)
                .map(Object::toString)
                .orElseGet(headers::fromName));
    String subject = clean(headers.subject());
    int stored =
        jdbc.sql(
                """
                INSERT INTO inbound_mail (id, organization, mailbox_id, uid_validity, epoch, uid, account_id, status,
                  reason, fingerprint, raw_sha256, size, sender, subject, rfc_message_id, authentication,
                  auto_submitted, seen_pending, received_at, created_at)
                VALUES (:id, :organization, :mailbox, :validity, :epoch, :uid, :account, :status,
                  :reason, :fingerprint, :raw, :size, :sender, :subject, :messageId, :authentication,
                  :autoSubmitted, :seenPending, :receivedAt, :now)
                ON CONFLICT (mailbox_id, uid_validity, epoch, uid) DO NOTHING
                """)
            .param("id", id)
            .param("organization", mail.account().organization())
            .param("mailbox", mail.mailbox())
            .param("validity", mail.uidValidity())
            .param("epoch", mail.epoch())
            .param("uid", mail.uid())
            .param("account", mail.account().id().value())
            .param("status", status.word())
            .param("reason", clean(decision.reason()))
            .param("fingerprint", headers.fingerprint())
            .param("raw", content == null ? null : content.raw())
            .param("size", mail.size())
            .param("sender", sender)
            .param("subject", subject)
            .param("messageId", clean(headers.messageId().map(MessageId::value).orElse(null)))
            .param("authentication", AuthenticationResults.of(headers).word())
            .param("autoSubmitted", autoSubmitted(headers))
            .param("seenPending", takenIn && mail.marksSeen())
            .param("receivedAt", Times.parameter(mail.receivedAt()))
            .param("now", Times.parameter(clock.instant()))
            .update();
    if (stored == 0) {
      return null;
    }
    if (status == InboundStatus.QUARANTINED) {
      tell(mail, id, decision, sender, subject);
    }
    return id;
  }

  /** The message that the mail has become. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void became(UUID inboundMail, UUID message) {
    jdbc.sql("UPDATE inbound_mail SET message_id = :message WHERE id = :id")
        .param("message", message)
        .param("id", inboundMail)
        .update();
  }

  private void tell(
      IncomingMail mail,
      UUID id,
      Decision decision,
      @Nullable String sender,
      @Nullable String subject) {
    Map<String, @Nullable Object> data = new HashMap<>();
    data.put("inboundMailId", id);
    data.put("reason", decision.reason());
    data.put("from", sender);
    data.put("subject", subject);
    data.put("size", mail.size());
    events.record(
        EventType.MESSAGE_QUARANTINED,
        mail.account().organization(),
        null,
        mail.account().id().value(),
        data);
  }

  /** How a machine's mail is marked: auto-replied, auto-generated or list; null for a person's. */
  static @Nullable String autoSubmitted(MailHeaders headers) {
    AutoSubmitted automatic = headers.autoSubmitted();
    if (automatic != AutoSubmitted.NO) {
      return "auto-" + automatic.name().toLowerCase(Locale.ROOT);
    }
    return headers.isListMail() ? "list" : null;
  }

  private static @Nullable String clean(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String clean = text.replace("\0", "");
    return clean.length() > LONGEST_SUBJECT ? clean.substring(0, LONGEST_SUBJECT) : clean;
  }
}
