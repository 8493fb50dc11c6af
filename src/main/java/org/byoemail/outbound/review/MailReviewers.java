package org.byoemail.outbound.review;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.Base32;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The people who are asked by mail to decide on reviews. Safe for use by many threads and nodes.
 */
@Repository
public class MailReviewers {
  /** The maximum for an organisation: each review is mailed to all of its reviewers. */
  public static final int MAX_OF_ORGANIZATION = 20;

  /** The maximum that an organization can name in an hour, even if it removes some again. */
  public static final int MAX_NAMED_IN_HOUR = 20;

  /** 80 bits: too many to guess. */
  private static final int CODE_BYTES = 10;

  private static final List<String> GMAIL = List.of("gmail.com", "googlemail.com");

  private final JdbcClient jdbc;

  MailReviewers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A reviewer, and the code that is shown once.
   *
   * @param code null: none is needed
   */
  public record NewReviewer(MailReviewer reviewer, @Nullable String code) {
    @Override
    public String toString() {
      return reviewer.toString();
    }
  }

  /**
   * Creates a reviewer, who is asked once the address is confirmed ({@link ReviewerConfirmations}).
   *
   * @param agents empty: of every agent
   * @param byCode whether the reviewer gets a code to decide with
   * @param namedBy such as {@code key:<id>}
   * @return empty if the organisation has a reviewer with that mailbox, has too many reviewers, or
   *     named too many within the hour
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<NewReviewer> create(
      OrganizationId organization,
      EmailAddress address,
      List<UUID> agents,
      boolean byCode,
      String namedBy) {
    if (!mayCreate(organization)) {
      return Optional.empty();
    }
    String code = byCode ? newCode() : null;
    return jdbc.sql(
            """
            INSERT INTO mail_reviewer (id, organization, agents, address, mailbox, decides_by, code_sha256,
              code_shown_to, named_by, created_at)
            SELECT :id, :organization, :agents, :address, :mailbox, :decidesBy, :code, :shownTo, :namedBy,
              statement_timestamp()
            WHERE (SELECT count(*) FROM mail_reviewer WHERE organization = :organization) < :most
            ON CONFLICT DO NOTHING
            RETURNING *
            """)
        .param("id", Ids.next())
        .param("organization", organization.value())
        .param("agents", agents.toArray(UUID[]::new))
        .param("address", address.value())
        .param("mailbox", mailbox(address))
        .param("decidesBy", byCode ? "code" : "login")
        .param("code", code == null ? null : Tokens.sha256(code))
        .param("shownTo", code == null ? null : namedBy)
        .param("namedBy", namedBy)
        .param("most", MAX_OF_ORGANIZATION)
        .query(MailReviewers::read)
        .optional()
        .map(reviewer -> new NewReviewer(reviewer, code));
  }

  private boolean mayCreate(OrganizationId organization) {
    return jdbc.sql(
                """
                INSERT INTO review_mail_hour AS h (organization, hour, named)
                VALUES (:organization, date_trunc('hour', statement_timestamp()), 1)
                ON CONFLICT (organization, hour) DO UPDATE SET named = h.named + 1 WHERE h.named < :most
                """)
            .param("organization", organization.value())
            .param("most", MAX_NAMED_IN_HOUR)
            .update()
        == 1;
  }

  /**
   * A new code, which is shown once; the previous one no longer works. Null if the reviewer needs
   * none.
   *
   * @param shownTo who sees the code, such as {@code key:<id>}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public @Nullable String renewCode(MailReviewer reviewer, String shownTo) {
    if (!reviewer.byCode()) {
      return null;
    }
    String code = newCode();
    jdbc.sql(
            "UPDATE mail_reviewer SET code_sha256 = :code, code_shown_to = :shownTo WHERE id = :id")
        .param("code", Tokens.sha256(code))
        .param("shownTo", shownTo)
        .param("id", reviewer.id())
        .update();
    jdbc.sql("UPDATE review_mail SET wrong_codes = 0 WHERE reviewer_id = :id AND wrong_codes > 0")
        .param("id", reviewer.id())
        .update();
    return code;
  }

  /** Deletes a reviewer; links that were mailed no longer work. */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean delete(UUID id) {
    return jdbc.sql("DELETE FROM mail_reviewer WHERE id = :id").param("id", id).update() == 1;
  }

  /** The reviewer with the id. */
  public Optional<MailReviewer> find(UUID id) {
    return jdbc.sql("SELECT * FROM mail_reviewer WHERE id = :id")
        .param("id", id)
        .query(MailReviewers::read)
        .optional();
  }

  /**
   * Reviewers, the oldest first.
   *
   * @param organization null: all
   * @param after the id to start after; null: from the start
   */
  public List<MailReviewer> list(
      @Nullable OrganizationId organization, @Nullable UUID after, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM mail_reviewer
            WHERE (:organization::text IS NULL OR organization = :organization)
              AND (:after::uuid IS NULL OR id > :after)
            ORDER BY id LIMIT :limit
            """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("after", after)
        .param("limit", limit)
        .query(MailReviewers::read)
        .list();
  }

  /**
   * A code that was entered, and is the reviewer's.
   *
   * @param shownTo who else has seen it, such as {@code key:<id>}; null: not known, since an
   *     earlier version made it
   */
  public record EnteredCode(@Nullable String shownTo) {}

  /**
   * Checks a code; empty if it is not the reviewer's. Wrong codes are counted for the mail whose
   * link was opened, over all nodes: the holder of one link can lock no other. After ten in a row,
   * no code is accepted there until the reviewer has a new one.
   */
  @Transactional
  public Optional<EnteredCode> checkCode(UUID mail, String entered) {
    String code = entered.toUpperCase(Locale.ROOT).replaceAll("[^A-Z2-7]", "");
    return jdbc.sql(
            """
            WITH checked AS (
              UPDATE review_mail m SET wrong_codes = CASE WHEN w.code_sha256 = :code THEN 0 ELSE m.wrong_codes + 1 END
              FROM mail_reviewer w
              WHERE m.id = :mail AND w.id = m.reviewer_id AND m.wrong_codes < :most
              RETURNING w.code_sha256 = :code AS matches, w.code_shown_to)
            SELECT code_shown_to FROM checked WHERE matches
            """)
        .param("code", Tokens.sha256(grouped(code)))
        .param("mail", mail)
        .param("most", ReviewMails.MAX_WRONG_CODES)
        .query((row, number) -> new EnteredCode(row.getString("code_shown_to")))
        .optional();
  }

  /**
   * Whether mail to an address is read here: by an account of any organisation, at that address, at
   * an alias, in a catch-all domain, or in a mailbox with that login.
   */
  public boolean isReadHere(EmailAddress address) {
    String untagged = untagged(address);
    String domain = address.domain();
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM endpoint
                WHERE owner_agent_id IS NOT NULL AND address IN (:address, :untagged))
              OR EXISTS (SELECT 1 FROM account_alias
                WHERE address IN (:address, :untagged, :plus, :any))
              OR EXISTS (SELECT 1 FROM catch_all WHERE domain = :domain)
              OR EXISTS (SELECT 1 FROM agent_email_account
                WHERE lower(imap_username) IN (:address, :untagged) OR lower(smtp_username) IN (:address, :untagged))
              OR :isGmail AND EXISTS (SELECT 1 FROM endpoint
                WHERE owner_agent_id IS NOT NULL AND split_part(address, '@', 2) IN (:gmail)
                  AND replace(split_part(split_part(address, '@', 1), '+', 1), '.', '') = :undotted)
            """)
        .param("address", address.value())
        .param("untagged", untagged)
        .param("plus", untagged.substring(0, untagged.lastIndexOf('@')) + "+*@" + domain)
        .param("any", "*@" + domain)
        .param("domain", domain)
        .param("isGmail", GMAIL.contains(domain))
        .param("gmail", GMAIL)
        .param("undotted", untagged.substring(0, untagged.lastIndexOf('@')).replace(".", ""))
        .query(Boolean.class)
        .single();
  }

  /**
   * The same for all addresses of a mailbox: without the tag, and without the dots that Gmail
   * ignores.
   */
  static String mailbox(EmailAddress address) {
    String untagged = untagged(address);
    return GMAIL.contains(address.domain())
        ? untagged.substring(0, untagged.lastIndexOf('@')).replace(".", "") + "@" + GMAIL.get(0)
        : untagged;
  }

  private static String untagged(EmailAddress address) {
    String value = address.value();
    int at = value.lastIndexOf('@');
    int plus = value.indexOf('+');
    return plus > 0 && plus < at ? value.substring(0, plus) + value.substring(at) : value;
  }

  private static String newCode() {
    return grouped(Tokens.base32(CODE_BYTES));
  }

  private static String grouped(String code) {
    return Base32.grouped(code, "-");
  }

  static MailReviewer read(ResultSet row, int number) throws SQLException {
    return new MailReviewer(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        Arrays.asList((UUID[]) row.getArray("agents").getArray()),
        new EmailAddress(row.getString("address")),
        row.getString("decides_by").equals("code"),
        row.getString("named_by"),
        row.getTimestamp("created_at").toInstant(),
        SqlTimestamps.read(row, "confirmed_at"));
  }
}
