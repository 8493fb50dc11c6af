package org.byoemail.account.link;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.connection.GatewayMailSender;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.platform.restore.RestoreDetection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Sends the mails that inform the owner of a mailbox of what a link connected: through the new
 * account to its own mailbox, at least once; a repeated mail has the same ids ({@link
 * ConnectNoticeIds}). Safe for use by many threads and nodes.
 */
@Repository("connectNotices")
public class ConnectNotices {
  private static final Logger log = LoggerFactory.getLogger(ConnectNotices.class);
  private static final int MAX_NOTICES_AT_A_TIME = 5;
  private static final int MAX_ATTEMPTS = 10;
  private static final int FIRST_DELAY_SECONDS = 60;

  private final JdbcClient jdbc;
  private final Accounts accounts;
  private final Agents agents;
  private final GatewayMailSender sender;
  private final PublicUrl publicUrl;
  private final RestoreDetection restore;

  ConnectNotices(
      JdbcClient jdbc,
      Accounts accounts,
      Agents agents,
      GatewayMailSender sender,
      PublicUrl publicUrl,
      RestoreDetection restore) {
    this.restore = restore;
    this.jdbc = jdbc;
    this.accounts = accounts;
    this.agents = agents;
    this.sender = sender;
    this.publicUrl = publicUrl;
  }

  private record Due(
      UUID link, UUID notice, AccountId account, Instant connectedAt, boolean byApplication) {
    private static Due read(ResultSet row, int number) throws SQLException {
      return new Due(
          row.getObject("id", UUID.class),
          row.getObject("notice_id", UUID.class),
          new AccountId(row.getObject("account_id", UUID.class)),
          row.getTimestamp("used_at").toInstant(),
          Arrays.stream((String[]) row.getArray("sign_in").getArray())
              .anyMatch(way -> ConnectLink.Application.of(way).isPresent()));
    }
  }

  /** Sends those that are due. Waits for servers; called by a route. */
  public void send() {
    if (restore.restored().isPresent()) {
      return;
    }
    due().forEach(this::send);
  }

  // Postponed before the server is contacted, so that it is retried after a crash.
  private List<Due> due() {
    return jdbc.sql(
            """
            UPDATE connect_link SET notice_attempts = notice_attempts + 1,
              notice_due_at = CASE WHEN notice_attempts + 1 < :most THEN statement_timestamp()
                + make_interval(secs => :delay * power(2, notice_attempts)) END
            WHERE id IN (SELECT id FROM connect_link WHERE notice_due_at <= statement_timestamp()
                AND EXISTS (SELECT 1 FROM account_rollout r
                  WHERE r.account_id = connect_link.account_id AND r.sending)
              ORDER BY notice_due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING id, notice_id, account_id, used_at, sign_in
            """)
        .param("most", MAX_ATTEMPTS)
        .param("delay", FIRST_DELAY_SECONDS)
        .param("limit", MAX_NOTICES_AT_A_TIME)
        .query(Due::read)
        .list();
  }

  private void send(Due due) {
    Optional<Account> account = accounts.find(due.account());
    if (account.isEmpty() || account.get().settings().smtp() == null) {
      return;
    }
    try {
      MimeMessage mail = mail(due, account.get());
      String refusal = sender.send(account.get(), mail, account.get().address().value());
      if (refusal == null) {
        sent(due.link());
      } else {
        log.warn(
            "The notice of connect link {} was not sent, attempt of {} at most: {}",
            due.link(),
            MAX_ATTEMPTS,
            refusal);
      }
    } catch (MessagingException e) {
      log.warn(
          "The notice of connect link {} cannot be composed, attempt of {} at most: {}",
          due.link(),
          MAX_ATTEMPTS,
          e.getMessage());
    }
  }

  private void sent(UUID link) {
    jdbc.sql(
            "UPDATE connect_link SET notice_due_at = NULL, notice_sent_at = statement_timestamp()"
                + " WHERE id = :id")
        .param("id", link)
        .update();
  }

  private MimeMessage mail(Due due, Account account) throws MessagingException {
    String agent = agents.find(account.agent()).map(one -> one.name()).orElse("an agent");
    return new NoticeMail(
            due.notice(),
            due.connectedAt(),
            account,
            agent,
            publicUrl.host().orElse("the mail gateway"),
            due.byApplication())
        .composed();
  }
}
