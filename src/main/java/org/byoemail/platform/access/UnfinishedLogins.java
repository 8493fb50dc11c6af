package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.byoemail.format.mail.Tokens;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Logins that lack the second factor after the right password, on any node. They give no access:
 * their cookie is sent to the login pages only, and their rows are not sessions. Of the secret in
 * the cookie, only the SHA-256 is stored. Thread-safe.
 */
@Repository
class UnfinishedLogins {
  static final String COOKIE = "byo-login";

  private static final ConsoleCookie KEPT = ConsoleCookie.strict(COOKIE, "/login");
  private static final Duration VALID = Duration.ofMinutes(10);
  private static final int MAX_OF_PERSON = 20;
  private static final int TOKEN_BYTES = 32;

  private final JdbcClient jdbc;

  UnfinishedLogins(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A login.
   *
   * @param name of the login, which is no secret
   */
  record Unfinished(Person person, String name) {}

  /** Begins a login of a person whose password was right, and returns its name. */
  @Transactional
  public String begin(Person person, HttpServletRequest request, HttpServletResponse response) {
    jdbc.sql(
            """
            DELETE FROM console_login WHERE expires_at <= statement_timestamp()
              OR person_id = :person AND token_sha256 IN (
                SELECT token_sha256 FROM console_login WHERE person_id = :person
                ORDER BY created_at DESC OFFSET :most)
            """)
        .param("person", person.id())
        .param("most", MAX_OF_PERSON - 1)
        .update();
    String token = Tokens.base64Url(TOKEN_BYTES);
    jdbc.sql(
            """
            INSERT INTO console_login (token_sha256, person_id, login_version, created_at, expires_at)
            VALUES (:sha256, :person, :version, statement_timestamp(),
              statement_timestamp() + make_interval(secs => :valid))
            """)
        .param("sha256", Tokens.sha256(token))
        .param("person", person.id())
        .param("version", person.credentials().loginVersion())
        .param("valid", VALID.toSeconds())
        .update();
    KEPT.set(request, response, token, ConsoleCookie.UNTIL_CLOSED);
    return name(token);
  }

  private static String name(String token) {
    return "login " + HexFormat.of().formatHex(Tokens.sha256(token));
  }

  /**
   * The login that this browser began; empty: none, it began too long ago, or the person can no
   * longer log in.
   */
  public Optional<Unfinished> find(HttpServletRequest request) {
    String token = KEPT.token(request);
    return token == null
        ? Optional.empty()
        : jdbc.sql(
                """
                SELECT p.* FROM console_login l JOIN person p ON p.id = l.person_id
                WHERE l.token_sha256 = :sha256 AND l.expires_at > statement_timestamp()
                  AND p.disabled_at IS NULL AND p.login_version = l.login_version
                """)
            .param("sha256", Tokens.sha256(token))
            .query(People::read)
            .optional()
            .map(person -> new Unfinished(person, name(token)));
  }

  /**
   * Ends the login that this browser began: true for one request only, on whatever node, and only
   * while the person can still log in with it.
   */
  @Transactional
  public boolean take(HttpServletRequest request, HttpServletResponse response) {
    String token = KEPT.token(request);
    if (KEPT.value(request) != null) {
      KEPT.delete(request, response);
    }
    return token != null
        && jdbc.sql(
                    """
                    DELETE FROM console_login l USING person p
                    WHERE l.token_sha256 = :sha256 AND l.expires_at > statement_timestamp()
                      AND p.id = l.person_id AND p.disabled_at IS NULL AND p.login_version = l.login_version
                    """)
                .param("sha256", Tokens.sha256(token))
                .update()
            == 1;
  }
}
