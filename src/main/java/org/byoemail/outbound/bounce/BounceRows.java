package org.byoemail.outbound.bounce;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredText;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.ReportAction;
import org.byoemail.format.report.ReportedRecipient;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes the rows of bounces. */
@Repository
class BounceRows {
  private static final int MAX_DIAGNOSTIC = 4000;
  private static final int MAX_WORD = 200;
  private static final Duration MAX_DELAY = Duration.ofDays(30);

  private final JdbcClient jdbc;
  private final BounceSettings settings;

  BounceRows(JdbcClient jdbc, BounceSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /** A report and where it came from. */
  record Received(Classification report, ReportOrigin origin) {}

  /** Whether the report with that id of its provider is stored already. */
  boolean isKnown(String providerReport) {
    return jdbc.sql("SELECT EXISTS (SELECT 1 FROM bounce WHERE provider_report = :id)")
        .param("id", providerReport)
        .query(Boolean.class)
        .single();
  }

  void store(
      Received received,
      MatchedRecipient recipient,
      ReportMatching.@Nullable Match match,
      boolean changed) {
    Classification report = received.report();
    jdbc.sql(
            """
            INSERT INTO bounce (id, inbound_mail_id, account_id, message_id, attempt_id, kind, recipient,
              matched_recipient, action, enhanced_status, reason, permanent, smtp_reply, diagnostic,
              reporting_mta, strength, rule, complaint, matched_by, recipient_match, changed, created_at,
              delayed_until, organization, provider_report)
            VALUES (:id, :mail, :account, :message, :attempt, :kind, :recipient,
              :address, :action, :status, :reason, :permanent, :reply, :diagnostic,
              :mta, :strength, :rule, :complaint, :matchedBy, :recipientMatch, :changed, statement_timestamp(),
              CASE WHEN :delayed THEN least(statement_timestamp() + :longest * interval '1 second',
                coalesce(:retriedUntil, statement_timestamp() + :last * interval '1 second')) END,
              :organization, :providerReport)
            """)
        .param("id", recipient.id())
        .params(origin(received.origin()))
        .param("kind", report.kind().word())
        .param("recipient", recipient.named().map(EmailAddress::value).orElse(null))
        .params(reported(recipient))
        .params(matched(recipient.match(), match))
        .param(
            "mta",
            report.reportingMta().map(mta -> StoredText.of(mta, MAX_DIAGNOSTIC)).orElse(null))
        .param("strength", report.strength().word())
        .param("rule", report.rule())
        .param(
            "complaint",
            report.complaint().map(one -> StoredText.of(one.type(), MAX_WORD)).orElse(null))
        .param("changed", changed)
        .params(delayed(recipient.reported()))
        .update();
  }

  private static Map<String, @Nullable Object> origin(ReportOrigin origin) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("mail", origin.inboundMail());
    values.put("account", origin.account() == null ? null : origin.account().value());
    ReportOrigin.Provider provider =
        origin instanceof ReportOrigin.Provider postmark ? postmark : null;
    values.put("organization", provider == null ? null : provider.organization().value());
    values.put("providerReport", provider == null ? null : provider.reportId());
    return values;
  }

  /** A server may claim that it will retry for ever. */
  private Map<String, @Nullable Object> delayed(@Nullable ReportedRecipient reported) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("delayed", reported != null && reported.action() == ReportAction.DELAYED);
    values.put(
        "retriedUntil",
        reported == null ? null : SqlTimestamps.parameter(reported.retriedUntil().orElse(null)));
    values.put("longest", MAX_DELAY.toSeconds());
    values.put("last", settings.delaysLast().toSeconds());
    return values;
  }

  private static Map<String, @Nullable Object> reported(MatchedRecipient recipient) {
    Map<String, @Nullable Object> values = new HashMap<>();
    ReportedRecipient reported = recipient.reported();
    values.put("action", reported == null ? null : reported.action().word());
    values.put("status", recipient.status());
    values.put("reason", recipient.reason());
    values.put("permanent", recipient.isPermanent());
    values.put(
        "reply",
        reported != null && reported.replyCode().isPresent()
            ? String.valueOf(reported.replyCode().getAsInt())
            : null);
    values.put(
        "diagnostic",
        reported == null ? null : StoredText.of(reported.diagnostic(), MAX_DIAGNOSTIC));
    return values;
  }

  private static Map<String, @Nullable Object> matched(
      ReportMatching.@Nullable RecipientMatch recipient, ReportMatching.@Nullable Match match) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("message", match == null ? null : match.sent().message().value());
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
