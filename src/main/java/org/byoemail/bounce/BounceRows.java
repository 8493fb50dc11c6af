package org.byoemail.bounce;

import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.EnhancedStatus;
import org.byoemail.mail.StoredText;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes the rows of bounces. */
@Repository
class BounceRows {
  private static final int LONGEST_DIAGNOSTIC = 4000;
  private static final int LONGEST_WORD = 200;

  private final JdbcClient jdbc;
  private final Clock clock;

  BounceRows(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * The mail that said it.
   *
   * @param inboundMail its row
   * @param account the one that it arrived in
   */
  record Told(Classification report, UUID inboundMail, AccountId account) {}

  void store(Told told, Finding finding, ReportMatching.@Nullable Match match, boolean changed) {
    Classification report = told.report();
    jdbc.sql(
            """
            INSERT INTO bounce (id, inbound_mail_id, account_id, message_id, attempt_id, kind, recipient,
              matched_recipient, action, enhanced_status, reason, permanent, smtp_reply, diagnostic,
              reporting_mta, strength, rule, complaint, matched_by, recipient_match, changed, created_at)
            VALUES (:id, :mail, :account, :message, :attempt, :kind, :recipient,
              :address, :action, :status, :reason, :permanent, :reply, :diagnostic,
              :mta, :strength, :rule, :complaint, :matchedBy, :recipientMatch, :changed, :now)
            """)
        .param("id", finding.id())
        .param("mail", told.inboundMail())
        .param("account", told.account().value())
        .param("kind", report.kind().word())
        .param("recipient", finding.named().map(EmailAddress::value).orElse(null))
        .params(reported(finding.reported()))
        .params(matched(finding.match(), match))
        .param(
            "mta",
            report.reportingMta().map(mta -> StoredText.of(mta, LONGEST_DIAGNOSTIC)).orElse(null))
        .param("strength", word(report.strength()))
        .param("rule", report.rule())
        .param(
            "complaint",
            report.complaint().map(one -> StoredText.of(one.type(), LONGEST_WORD)).orElse(null))
        .param("changed", changed)
        .param("now", Times.parameter(clock.instant()))
        .update();
  }

  private static Map<String, @Nullable Object> reported(@Nullable ReportedRecipient reported) {
    Map<String, @Nullable Object> values = new HashMap<>();
    boolean failed = reported != null && reported.action() != ReportAction.DELIVERED;
    values.put("action", reported == null ? null : word(reported.action()));
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

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
