package org.byoemail.platform.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The logins to the console, in the database: they are valid on every node, and end on every node
 * at once. A session has no attributes. Of its secret, which the browser keeps in a cookie, only
 * the SHA-256 is stored. A request costs one statement, which also reads what the person may do
 * now. Thread-safe.
 */
@Repository
public class ConsoleSessions {
  /** Each person's newest sessions are kept; the others end at a login. */
  private static final int MAX_OF_PERSON = 50;

  private static final int TOKEN_BYTES = 32;
  private static final int MAX_BROWSER = 200;

  /** The minimum interval between recorded visits, in seconds. */
  private static final long GRAIN = 60;

  private static final String NOT_IDLE =
      "s.expires_at > statement_timestamp()"
          + " AND s.last_visit_at > statement_timestamp() - make_interval(secs => :idle)";

  private final JdbcClient jdbc;
  private final ConsoleSettings settings;
  private final PeopleSettings people;
  private final SettingsLogin settingsLogin;
  private final OidcSettings oidc;
  private final ApplicationEventPublisher publisher;

  ConsoleSessions(
      JdbcClient jdbc,
      ConsoleSettings settings,
      PeopleSettings people,
      SettingsLogin settingsLogin,
      OidcSettings oidc,
      ApplicationEventPublisher publisher) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.people = people;
    this.settingsLogin = settingsLogin;
    this.oidc = oidc;
    this.publisher = publisher;
  }

  /** A session, and the caller who has logged in. */
  record Found(ConsoleSession session, Caller caller) {}

  /**
   * Creates a session, and ends expired ones.
   *
   * @param person null: the login of the settings
   * @param version of the person's login, when it was checked ({@link
   *     Person.Credentials#loginVersion()}): if it has changed since, the secret is of no session
   * @param factor what the person logged in with besides the password; null: nothing
   * @return the secret
   */
  @Transactional
  public String create(
      @Nullable UUID person,
      @Nullable Integer version,
      @Nullable SessionFactor factor,
      String client,
      @Nullable String browser) {
    jdbc.sql(
            """
            DELETE FROM console_session s WHERE s.expires_at <= statement_timestamp()
              OR s.person_id = :person AND s.id IN (
                SELECT id FROM console_session WHERE person_id = :person
                ORDER BY created_at DESC OFFSET :most)
            """)
        .param("person", person)
        .param("most", MAX_OF_PERSON - 1)
        .update();
    String token = Tokens.base64Url(TOKEN_BYTES);
    jdbc.sql(
            """
            WITH seen AS (UPDATE person SET last_login_at = statement_timestamp() WHERE id = :person)
            INSERT INTO console_session
              (id, token_sha256, person_id, fingerprint, second_factor, client, browser, created_at, last_visit_at,
              expires_at, login_version)
            SELECT :id, :sha256, :person, :fingerprint, :factor, :client, :browser, statement_timestamp(),
              statement_timestamp(), statement_timestamp()
                + make_interval(secs => CASE WHEN p.issuer IS NULL THEN :lifetime ELSE least(:lifetime, :atProvider) END),
              :version::int
            FROM (VALUES (1)) AS one (row) LEFT JOIN person p ON p.id = :person::uuid
            WHERE :person::uuid IS NULL OR p.disabled_at IS NULL AND p.login_version = :version
            """)
        .param("id", Ids.next())
        .param("sha256", Tokens.sha256(token))
        .param("person", person)
        .param("version", version)
        .param("fingerprint", person == null ? settingsLogin.fingerprint() : null)
        .param("factor", factor == null ? null : factor.word())
        .param("client", client)
        .param("browser", line(browser))
        .param("atProvider", oidc.sessionLifetime().toSeconds())
        .param("lifetime", settings.sessionLifetime().toSeconds())
        .update();
    return token;
  }

  private static String line(@Nullable String text) {
    String line = text == null ? "" : text.replaceAll("[^\\x20-\\x7e]", " ").strip();
    return line.length() > MAX_BROWSER ? line.substring(0, MAX_BROWSER) : line;
  }

  /**
   * The session with that secret; empty if it has ended, its person can no longer log in, or it
   * lacks a second factor that the person needs: one that was set up, or is required, since then. A
   * node of an older version, which asks for none, creates such sessions.
   *
   * @param visit whether a person opens a page; automatic updates of a page do not prolong a login
   */
  Optional<Found> find(String token, boolean visit) {
    long idle = settings.sessionTimeout().toSeconds();
    return jdbc.sql(
            """
            WITH found AS (
              SELECT s.id AS session_id, s.person_id, s.fingerprint, s.client, s.browser,
                s.created_at AS begun_at, s.last_visit_at, s.expires_at,
                p.id, p.email, p.name, p.organization, p.roles, p.password_hash, p.issuer,
                p.invitation_expires_at, p.second_factor, p.created_at, p.disabled_at, p.last_login_at,
                p.login_version
              FROM console_session s LEFT JOIN person p ON p.id = s.person_id
              WHERE s.token_sha256 = :sha256 AND
            """
                + NOT_IDLE
                + """
                 AND p.disabled_at IS NULL
                 AND (s.login_version IS NULL OR s.login_version = p.login_version)
                 AND (p.id IS NULL OR s.second_factor IS NOT NULL OR :mode = 'OFF'
                   OR :mode = 'OPTIONAL' AND p.second_factor IS NULL)
                ), visited AS (
                  UPDATE console_session s SET last_visit_at = statement_timestamp() FROM found f
                  WHERE :visit AND s.id = f.session_id
                    AND f.last_visit_at < statement_timestamp() - make_interval(secs => :grain)
                )
                SELECT * FROM found
                """)
        .param("sha256", Tokens.sha256(token))
        .param("idle", idle)
        .param("mode", people.secondFactor().name())
        .param("visit", visit)
        .param("grain", Math.min(GRAIN, idle / 10))
        .query((row, number) -> Optional.ofNullable(found(row, number)))
        .optional()
        .flatMap(one -> one);
  }

  private @Nullable Found found(ResultSet row, int number) throws SQLException {
    ConsoleSession session =
        new ConsoleSession(
            row.getObject("session_id", UUID.class),
            row.getObject("person_id", UUID.class),
            row.getString("client"),
            row.getString("browser"),
            row.getTimestamp("begun_at").toInstant(),
            row.getTimestamp("last_visit_at").toInstant(),
            row.getTimestamp("expires_at").toInstant());
    if (session.person() != null) {
      return new Found(session, Caller.person(People.read(row, number)));
    }
    return settingsLogin.isCurrent(row.getBytes("fingerprint"))
        ? new Found(session, settingsLogin.caller())
        : null;
  }

  /**
   * Records that the person of a session has set up, and so used, a second factor in it. False: the
   * session has ended since the request began, so it must not set up anything.
   */
  @Transactional
  public boolean recordFactor(UUID id, SessionFactor factor) {
    return jdbc.sql(
                """
                UPDATE console_session s SET second_factor = :factor FROM person p
                WHERE s.id = :id AND s.expires_at > statement_timestamp()
                  AND p.id = s.person_id AND p.disabled_at IS NULL
                  AND (s.login_version IS NULL OR s.login_version = p.login_version)
                """)
            .param("id", id)
            .param("factor", factor.word())
            .update()
        == 1;
  }

  /** Ends the session with that secret. */
  void end(String token) {
    jdbc.sql("DELETE FROM console_session WHERE token_sha256 = :sha256")
        .param("sha256", Tokens.sha256(token))
        .update();
  }

  /**
   * The sessions of a person, the newest first.
   *
   * @param person null: of the login of the settings
   */
  public List<ConsoleSession> list(@Nullable UUID person, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM console_session s WHERE s.person_id IS NOT DISTINCT FROM :person::uuid AND
            """
                + NOT_IDLE
                + " ORDER BY s.created_at DESC, s.id DESC LIMIT :limit")
        .param("person", person)
        .param("idle", settings.sessionTimeout().toSeconds())
        .param("limit", limit)
        .query(
            (row, number) ->
                new ConsoleSession(
                    row.getObject("id", UUID.class),
                    row.getObject("person_id", UUID.class),
                    row.getString("client"),
                    row.getString("browser"),
                    row.getTimestamp("created_at").toInstant(),
                    row.getTimestamp("last_visit_at").toInstant(),
                    row.getTimestamp("expires_at").toInstant()))
        .list();
  }

  /**
   * Ends one session of a person.
   *
   * @param person null: of the login of the settings
   * @return false if there is no such session
   */
  @Transactional
  public boolean end(@Nullable Person person, UUID id) {
    int ended =
        jdbc.sql(
                """
                DELETE FROM console_session
                WHERE id = :id AND person_id IS NOT DISTINCT FROM :person::uuid
                """)
            .param("id", id)
            .param("person", person == null ? null : person.id())
            .update();
    if (ended > 0 && person != null) {
      publisher.publishEvent(new PersonChanged(PersonChanged.Change.SESSIONS_ENDED, person));
    }
    return ended > 0;
  }

  /**
   * Ends the sessions of a person, and logins that lack the second factor.
   *
   * @param except a session that continues; null: none
   * @return how many
   */
  @Transactional
  public int endAll(Person person, @Nullable UUID except) {
    int ended =
        jdbc.sql(
                """
                DELETE FROM console_session
                WHERE person_id = :person AND id IS DISTINCT FROM :except::uuid
                """)
            .param("person", person.id())
            .param("except", except)
            .update();
    if (except != null) {
      // After a change of the password, it would be one of an earlier login.
      jdbc.sql(
              """
              UPDATE console_session s SET login_version = p.login_version FROM person p
              WHERE s.id = :except AND s.person_id = :person AND p.id = s.person_id
              """)
          .param("person", person.id())
          .param("except", except)
          .update();
    }
    jdbc.sql("DELETE FROM console_login WHERE person_id = :person")
        .param("person", person.id())
        .update();
    if (ended > 0) {
      publisher.publishEvent(new PersonChanged(PersonChanged.Change.SESSIONS_ENDED, person));
    }
    return ended;
  }
}
