package org.byoemail.account.testmail;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.format.mail.StoredText;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The test mails, a row each, kept for a year. Safe for use by many threads and nodes. */
@Repository
public class TestMails {
  /** How many an account sends within an hour. */
  public static final int MAX_OF_ACCOUNT = 10;

  /** How many one caller asks for within an hour. */
  public static final int MAX_OF_CALLER = 30;

  private static final int MAX_TEXT = 500;
  private static final int TIDY_BATCH = 1000;

  private final JdbcClient jdbc;

  TestMails(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Notes that a test mail is to be sent. Requests of one account, and of one caller, wait for each
   * other until the transaction ends.
   *
   * @param caller the id of the API key, or the name of the user
   * @throws TooManyTestMails beyond the limits
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public TestMail request(Account account, String caller, EmailAddress recipient) {
    lock("test mails of account " + account.id());
    lock("test mails of caller " + caller);
    Counts recent =
        jdbc.sql(
                """
                SELECT count(*) FILTER (WHERE account_id = :account) AS account,
                  count(*) FILTER (WHERE requested_by = :caller) AS caller FROM test_mail
                WHERE (account_id = :account OR requested_by = :caller)
                  AND requested_at > statement_timestamp() - interval '1 hour'
                """)
            .param("account", account.id().value())
            .param("caller", caller)
            .query((row, number) -> new Counts(row.getInt("account"), row.getInt("caller")))
            .single();
    if (recent.account() >= MAX_OF_ACCOUNT) {
      throw new TooManyTestMails("by an account", MAX_OF_ACCOUNT);
    }
    if (recent.caller() >= MAX_OF_CALLER) {
      throw new TooManyTestMails("for a caller", MAX_OF_CALLER);
    }
    tidy();
    // Random: a mail that names it is not given to the agent.
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO test_mail (id, account_id, organization, requested_by, recipient, requested_at)
            VALUES (:id, :account, :organization, :caller, :recipient, statement_timestamp())
            """)
        .param("id", id)
        .param("account", account.id().value())
        .param("organization", account.organization().value())
        .param("caller", caller)
        .param("recipient", recipient.value())
        .update();
    return find(account.id(), id).orElseThrow();
  }

  private record Counts(int account, int caller) {}

  private void lock(String what) {
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(:what, 0))")
        .param("what", what)
        .query(Integer.class)
        .single();
  }

  private void tidy() {
    jdbc.sql(
            """
            DELETE FROM test_mail WHERE id IN (SELECT id FROM test_mail
              WHERE requested_at < statement_timestamp() - interval '1 year'
              LIMIT :batch FOR UPDATE SKIP LOCKED)
            """)
        .param("batch", TIDY_BATCH)
        .update();
  }

  /** The mail was accepted as that outbound message. */
  public void submitted(UUID id, StoredMessageId message) {
    jdbc.sql("UPDATE test_mail SET message_id = :message WHERE id = :id")
        .param("id", id)
        .param("message", message.value())
        .update();
  }

  /** A test mail of an account. */
  public Optional<TestMail> find(AccountId account, UUID id) {
    return jdbc.sql(
            """
            SELECT t.*, k.covers_unsubscribe FROM test_mail t
              LEFT JOIN account_dkim k ON k.account_id = t.account_id AND k.test_mail_id = t.id
            WHERE t.id = :id AND t.account_id = :account
            """)
        .param("id", id)
        .param("account", account.value())
        .query(TestMails::read)
        .optional();
  }

  /**
   * Which of these are ids of test mails of an organisation, or of their outbound messages. Those
   * of other organisations are mail like any other.
   */
  public Set<UUID> known(OrganizationId organization, Collection<UUID> ids) {
    if (ids.isEmpty()) {
      return Set.of();
    }
    Set<UUID> known = new HashSet<>();
    jdbc.sql(
            """
            SELECT id, message_id FROM test_mail
            WHERE (id = ANY (:ids) OR message_id = ANY (:ids)) AND organization = :organization
            """)
        .param("ids", ids.toArray(UUID[]::new))
        .param("organization", organization.value())
        .query(
            row -> {
              known.add(row.getObject("id", UUID.class));
              StoredMessageId message =
                  StoredMessageId.ofNullable(row.getObject("message_id", UUID.class));
              if (message != null) {
                known.add(message.value());
              }
            });
    return known;
  }

  /**
   * A test mail was seen in a mailbox of its organisation. The first time counts.
   *
   * @param ids of it, or of its outbound message
   */
  public void arrived(Collection<UUID> ids, String folder) {
    jdbc.sql(
            """
            UPDATE test_mail SET arrived_at = statement_timestamp(), folder = :folder, search_error = NULL
            WHERE (id = ANY (:ids) OR message_id = ANY (:ids)) AND arrived_at IS NULL
            """)
        .param("ids", ids.toArray(UUID[]::new))
        .param("folder", StoredText.of(folder, MAX_TEXT))
        .update();
  }

  /**
   * A test mail that an account sent to itself was seen in its mailbox, with a DKIM signature or
   * without. The newest counts for what the account sends.
   *
   * @param id of it, or of its outbound message
   * @param covered whether a signature covers List-Unsubscribe and List-Unsubscribe-Post (RFC 8058
   *     section 4)
   */
  public void signed(Account account, UUID id, boolean covered) {
    jdbc.sql(
            """
            INSERT INTO account_dkim (account_id, test_mail_id, covers_unsubscribe, smtp_host, smtp_username,
              observed_at)
            SELECT a.id, t.id, :covered, a.smtp_host, a.smtp_username, statement_timestamp()
            FROM test_mail t JOIN agent_email_account a ON a.id = t.account_id
            WHERE (t.id = :id OR t.message_id = :id) AND t.account_id = :account AND t.recipient = :address
            ON CONFLICT (account_id) DO UPDATE SET test_mail_id = excluded.test_mail_id,
              covers_unsubscribe = excluded.covers_unsubscribe, smtp_host = excluded.smtp_host,
              smtp_username = excluded.smtp_username, observed_at = excluded.observed_at
            """)
        .param("covered", covered)
        .param("id", id)
        .param("account", account.id().value())
        .param("address", account.address().value())
        .update();
  }

  /**
   * Whether this caller is to look for it in the mailbox: one of all, each time that has passed.
   */
  public boolean claimSearch(UUID id, Duration interval) {
    return jdbc.sql(
                """
                UPDATE test_mail SET searched_at = statement_timestamp()
                WHERE id = :id AND arrived_at IS NULL AND (searched_at IS NULL
                  OR searched_at < statement_timestamp() - :interval * interval '1 millisecond')
                """)
            .param("id", id)
            .param("interval", interval.toMillis())
            .update()
        == 1;
  }

  /**
   * What the last search was told.
   *
   * @param error shown to operators; null: it was looked for
   */
  public void searched(UUID id, @Nullable String error) {
    jdbc.sql("UPDATE test_mail SET search_error = :error WHERE id = :id AND arrived_at IS NULL")
        .param("id", id)
        .param("error", error == null ? null : StoredText.of(error, MAX_TEXT))
        .update();
  }

  private static TestMail read(ResultSet row, int number) throws SQLException {
    return new TestMail(
        row.getObject("id", UUID.class),
        new AccountId(row.getObject("account_id", UUID.class)),
        new EmailAddress(row.getString("recipient")),
        StoredMessageId.ofNullable(row.getObject("message_id", UUID.class)),
        row.getTimestamp("requested_at").toInstant(),
        SqlTimestamps.read(row, "arrived_at"),
        row.getString("folder"),
        row.getString("search_error"),
        row.getObject("covers_unsubscribe", Boolean.class));
  }
}
