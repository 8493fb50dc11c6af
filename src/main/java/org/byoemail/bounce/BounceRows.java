package org.byoemail.bounce;

import java.time.Clock;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.EnhancedStatus;
import org.byoemail.mail.Ids;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes the rows of bounces. */
@Repository
class BounceRows {
  private static final int LONGEST_DIAGNOSTIC = 4000;

  private final JdbcClient jdbc;
  private final Clock clock;

  BounceRows(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  void store(
      UUID inboundMail,
      AccountId account,
      Classification report,
      ReportedRecipient recipient,
      ReportMatching.@Nullable Match match,
      ReportMatching.@Nullable RecipientMatch found) {
    jdbc.sql(
            """
            INSERT INTO bounce (id, inbound_mail_id, account_id, message_id, attempt_id, kind, recipient, action,
              enhanced_status, smtp_reply, diagnostic, reporting_mta, matched_by, recipient_match, created_at)
            VALUES (:id, :mail, :account, :message, :attempt, :kind, :recipient, :action,
              :status, :reply, :diagnostic, :mta, :matchedBy, :recipientMatch, :now)
            """)
        .param("id", Ids.next())
        .param("mail", inboundMail)
        .param("account", account.value())
        .param("message", match == null ? null : match.sent().message())
        .param("attempt", match == null ? null : match.sent().attempt().value())
        .param("kind", report.kind().word())
        .param("recipient", recipient.address().map(EmailAddress::value).orElse(null))
        .param("action", word(recipient.action()))
        .param("status", recipient.status().map(EnhancedStatus::toString).orElse(null))
        .param(
            "reply",
            recipient.replyCode().isPresent()
                ? String.valueOf(recipient.replyCode().getAsInt())
                : null)
        .param("diagnostic", bounded(recipient.diagnostic()))
        .param("mta", report.reportingMta().map(BounceRows::bounded).orElse(null))
        .param("matchedBy", match == null ? null : match.by().word())
        .param("recipientMatch", found == null ? null : found.how())
        .param("now", Times.parameter(clock.instant()))
        .update();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String bounded(String text) {
    String clean = text.replace("\0", "");
    return clean.length() > LONGEST_DIAGNOSTIC ? clean.substring(0, LONGEST_DIAGNOSTIC) : clean;
  }
}
