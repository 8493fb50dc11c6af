package org.byoemail.outbound.bounce;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.format.mail.StoredText;
import org.byoemail.format.mail.Times;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.ReportAction;
import org.byoemail.format.report.ReportedRecipient;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes the rows of bounces. */
@Repository
class BounceRows {
  private static final int LONGEST_DIAGNOSTIC = 4000;
  private static final int LONGEST_WORD = 200;
  private static final Duration LONGEST_DELAY = Duration.ofDays(30);

  private final JdbcClient jdbc;
  private final BounceSettings settings;

  BounceRows(JdbcClient jdbc, BounceSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /**
   * The mail that said it.
   *
   * @param inboundMail its row
   * @param account the one that it arrived in
   * @param provenSender who is known to have written it; empty: anyone may have
   */
  record Received(
      Classification report,
      UUID inboundMail,
      AccountId account,
      Optional<EmailAddress> provenSender) {}

  void store(
      Received received,
      MatchedRecipient finding,
      ReportMatching.@Nullable Match match,
      boolean changed) {
    Classification report = received.report();
    jdbc.sql(
            """
            INSERT INTO bounce (id, inbound_mail_id, account_id, message_id, attempt_id, kind, recipient,
              matched_recipient, action, enhanced_status, reason, permanent, smtp_reply, diagnostic,
              reporting_mta, strength, rule, complaint, matched_by, recipient_match, changed, created_at,
              delayed_until)
            VALUES (:id, :mail, :account, :message, :attempt, :kind, :recipient,
              :address, :action, :status, :reason, :permanent, :reply, :diagnostic,
              :mta, :strength, :rule, :complaint, :matchedBy, :recipientMatch, :changed, statement_timestamp(),
              CASE WHEN :delayed THEN least(statement_timestamp() + :longest * interval '1 second',
                coalesce(:retriedUntil, statement_timestamp() + :last * interval '1 second')) END)
            """)
        .param("id", finding.id())
        .param("mail", received.inboundMail())
        .param("account", received.account().value())
        .param("kind", report.kind().word())
        .param("recipient", finding.named().map(EmailAddress::value).orElse(null))
        .params(reported(finding.reported()))
        .params(matched(finding.match(), match))
        .param(
            "mta",
            report.reportingMta().map(mta -> StoredText.of(mta, LONGEST_DIAGNOSTIC)).orElse(null))
        .param("strength", report.strength().word())
        .param("rule", report.rule())
        .param(
            "complaint",
            report.complaint().map(one -> StoredText.of(one.type(), LONGEST_WORD)).orElse(null))
        .param("changed", changed)
        .params(delayed(finding.reported()))
        .update();
  }

  /** A stranger may say that he goes on trying for ever. */
  private Map<String, @Nullable Object> delayed(@Nullable ReportedRecipient reported) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("delayed", reported != null && reported.action() == ReportAction.DELAYED);
    values.put(
        "retriedUntil",
        reported == null ? null : Times.parameter(reported.retriedUntil().orElse(null)));
    values.put("longest", LONGEST_DELAY.toSeconds());
    values.put("last", settings.delaysLast().toSeconds());
    return values;
  }

  private static Map<String, @Nullable Object> reported(@Nullable ReportedRecipient reported) {
    Map<String, @Nullable Object> values = new HashMap<>();
    boolean failed = reported != null && reported.action() != ReportAction.DELIVERED;
    values.put("action", reported == null ? null : reported.action().word());
    values.put(
        "status",
        reported == null ? null : reported.status().map(EnhancedStatus::toString).orElse(null));
    values.put("reason", failed ? reported.reason().word() : null);
    values.put("permanent", failed && reported.isPermanent());
    values.put(
        "reply",
        reported != null && reported.replyCode().isPresent()
            ? String.valueOf(reported.replyCode().getAsInt())
            : null);
    values.put(
        "diagnostic",
        reported == null ? null : StoredText.of(reported.diagnostic(), LONGEST_DIAGNOSTIC));
    return values;
  }

  private static Map<String, @Nullable Object> matched(
      ReportMatching.@Nullable RecipientMatch recipient, ReportMatching.@Nullable Match match) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("message", match == null ? null : match.sent().message());
    values.put(
        "attempt",
        match == null
            ? null
            : recipient == null
                ? match.sent().attempt().value()
                : match.sent().attemptOf(recipient.address()).value());
    values.put("matchedBy", match == null ? null : match.by().word());
    values.put("address", recipient == null ? null : recipient.address().value());
    values.put("recipientMatch", recipient == null ? null : recipient.how().word());
    return values;
  }
}
