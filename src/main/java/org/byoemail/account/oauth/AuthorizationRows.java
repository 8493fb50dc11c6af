package org.byoemail.account.oauth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The table of sign-ins at providers. Times are compared by the clock of the database. */
@Repository
class AuthorizationRows {
  private static final int MAX_OF_SUBJECT = 5;
  static final int VALID_MINUTES = 10;
  private static final int RESULTS_KEPT_DAYS = 7;
  private static final int TIDIED_AT_A_TIME = 100;

  private static final String COLUMNS =
      "id, purpose, subject, organization, mailbox, consenting_user, provider, client,"
          + " client_organization, nonce_sha256, verifier";

  private final JdbcClient jdbc;

  AuthorizationRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The secrets of a sign-in as stored; all null until a browser begins.
   *
   * @param verifier sealed
   */
  record Keys(byte @Nullable [] browser, byte @Nullable [] nonce, byte @Nullable [] verifier) {
    static final Keys NONE = new Keys(null, null, null);
  }

  /** A sign-in that was begun, with its secrets. */
  record Row(AuthorizationRequest request, byte[] nonce, byte[] verifier) {}

  /** Stores a sign-in, and drops the oldest of its subject beyond a few. */
  @Transactional
  void insert(AuthorizationRequest request, byte[] state, Keys keys) {
    AuthorizationSubject subject = request.subject();
    jdbc.sql(
            """
            INSERT INTO oauth_authorization (id, state_sha256, browser_sha256, nonce_sha256, verifier,
              purpose, subject, organization, mailbox, consenting_user, provider, client,
              client_organization, created_at, expires_at)
            VALUES (:id, :state, :browser, :nonce, :verifier, :purpose, :subject, :organization, :mailbox,
              :user, :provider, :client, :clientOrganization, statement_timestamp(),
              statement_timestamp() + make_interval(mins => :minutes))
            """)
        .param("id", request.id())
        .param("state", state)
        .param("browser", keys.browser())
        .param("nonce", keys.nonce())
        .param("verifier", keys.verifier())
        .param("purpose", subject.purpose().word())
        .param("subject", subject.id())
        .param("organization", subject.organization().value())
        .param("mailbox", subject.mailbox())
        .param("user", subject.user())
        .param("provider", request.provider())
        .param("client", request.client())
        .param("clientOrganization", request.clientOrganization().value())
        .param("minutes", VALID_MINUTES)
        .update();
    jdbc.sql(
            """
            DELETE FROM oauth_authorization WHERE id IN (
              SELECT id FROM oauth_authorization WHERE subject = :subject
              ORDER BY created_at DESC, id DESC OFFSET :most)
            """)
        .param("subject", subject.id())
        .param("most", MAX_OF_SUBJECT)
        .update();
    jdbc.sql(
            """
            DELETE FROM oauth_authorization WHERE id IN (
              SELECT id FROM oauth_authorization
              WHERE created_at < statement_timestamp() - make_interval(days => :days)
              ORDER BY created_at LIMIT :most)
            """)
        .param("days", RESULTS_KEPT_DAYS)
        .param("most", TIDIED_AT_A_TIME)
        .update();
  }

  /**
   * Takes the sign-in of that state, browser and redirect URI; it cannot be taken again. Nothing is
   * taken if any of them differs.
   */
  Optional<Row> take(
      byte[] state, byte[] browser, String provider, OrganizationId clientOrganization) {
    return jdbc.sql(
            """
            UPDATE oauth_authorization SET used_at = statement_timestamp()
            WHERE state_sha256 = :state AND browser_sha256 = :browser AND provider = :provider
              AND client_organization = :clientOrganization AND used_at IS NULL
              AND expires_at > statement_timestamp()
            RETURNING\
            """
                + " "
                + COLUMNS)
        .param("state", state)
        .param("browser", browser)
        .param("provider", provider)
        .param("clientOrganization", clientOrganization.value())
        .query(
            (row, number) ->
                new Row(
                    request(row, number), row.getBytes("nonce_sha256"), row.getBytes("verifier")))
        .optional();
  }

  /** A sign-in that no browser has begun yet; it can be looked at often. */
  Optional<AuthorizationRequest> pending(byte[] token) {
    return jdbc.sql(
            "SELECT "
                + COLUMNS
                + " FROM oauth_authorization WHERE state_sha256 = :token AND browser_sha256 IS NULL"
                + " AND used_at IS NULL AND expires_at > statement_timestamp()")
        .param("token", token)
        .query(AuthorizationRows::request)
        .optional();
  }

  /** Takes such a sign-in for a browser; it cannot be taken again. */
  Optional<AuthorizationRequest> takePending(byte[] token) {
    return jdbc.sql(
            """
            UPDATE oauth_authorization SET used_at = statement_timestamp()
            WHERE state_sha256 = :token AND browser_sha256 IS NULL AND used_at IS NULL
              AND expires_at > statement_timestamp()
            RETURNING\
            """
                + " "
                + COLUMNS)
        .param("token", token)
        .query(AuthorizationRows::request)
        .optional();
  }

  /** Stores the outcome of a sign-in. */
  void setResult(UUID id, String json) {
    jdbc.sql("UPDATE oauth_authorization SET result = cast(:json AS jsonb) WHERE id = :id")
        .param("json", json)
        .param("id", id)
        .update();
  }

  /** The outcome of a subject's last completed sign-in. */
  Optional<AuthorizationOutcome> latest(UUID subject) {
    return jdbc.sql(
            """
            SELECT id, used_at, result::text AS result FROM oauth_authorization
            WHERE subject = :subject AND result IS NOT NULL ORDER BY used_at DESC, id DESC LIMIT 1
            """)
        .param("subject", subject)
        .query(
            (row, number) ->
                new AuthorizationOutcome(
                    row.getObject("id", UUID.class),
                    row.getTimestamp("used_at").toInstant(),
                    row.getString("result")))
        .optional();
  }

  /** Deletes the sign-ins of a subject. */
  void delete(UUID subject) {
    jdbc.sql("DELETE FROM oauth_authorization WHERE subject = :subject")
        .param("subject", subject)
        .update();
  }

  private static AuthorizationRequest request(ResultSet row, int number) throws SQLException {
    return new AuthorizationRequest(
        row.getObject("id", UUID.class),
        new AuthorizationSubject(
            AuthorizationPurpose.of(row.getString("purpose")),
            row.getObject("subject", UUID.class),
            new OrganizationId(row.getString("organization")),
            row.getString("mailbox"),
            row.getString("consenting_user")),
        row.getString("provider"),
        row.getObject("client", UUID.class),
        new OrganizationId(row.getString("client_organization")));
  }
}
