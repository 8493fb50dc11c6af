package org.byoemail.platform.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.byoemail.format.mail.Base32;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The codes of people's authenticator apps, and the recovery codes for a lost one. The row of the
 * person is locked for each check, so that over all nodes a step counts once, a recovery code is
 * used once, and wrong codes are counted one after the other. Time is the database's. Secrets of
 * apps are stored sealed, recovery codes as SHA-256. Every change publishes {@link PersonChanged}
 * inside its transaction. Thread-safe.
 */
@Repository
public class SecondFactors {
  /** Sets {@code :fresh} in the row {@code :owner} if that still has {@code :sealed}. */
  public static final String RESEAL =
      "UPDATE second_factor SET totp_secret = :fresh WHERE person_id = :owner AND totp_secret = :sealed";

  /** What the sealed secret is bound to, in addition to the person. */
  public static final String FIELD = "totp";

  static final int RECOVERY_CODES = 10;

  /** 80 bits: too many to guess, so a fast hash is enough. */
  private static final int RECOVERY_BYTES = 10;

  private static final int RECOVERY_LENGTH = 16;
  private static final int MAX_TYPED = 64;

  /** How many wrong codes in a row are answered before each pause. */
  private static final int WRONG_CODES = 5;

  private static final Duration FIRST_PAUSE = Duration.ofMinutes(5);
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);
  private static final int MAX_DOUBLINGS = 10;

  /** How long the secret of an app is shown and can be confirmed. */
  private static final Duration UNCONFIRMED = Duration.ofMinutes(10);

  private final JdbcClient jdbc;
  private final SecretSeal seal;
  private final PeopleSettings settings;
  private final People people;
  private final ApplicationEventPublisher publisher;

  SecondFactors(
      JdbcClient jdbc,
      SecretSeal seal,
      PeopleSettings settings,
      People people,
      ApplicationEventPublisher publisher) {
    this.jdbc = jdbc;
    this.seal = seal;
    this.settings = settings;
    this.people = people;
    this.publisher = publisher;
  }

  /**
   * What a person has set up.
   *
   * @param totp whether an authenticator app has been confirmed
   * @param recoveryCodes how many are left
   * @param blockedMinutes how long codes of the app are not accepted; 0: they are
   */
  public record State(boolean totp, int recoveryCodes, int blockedMinutes) {}

  /** The result of a check. */
  public enum Check {
    /** A code of the app, whose step now counts as used. */
    TOTP,
    /** A recovery code, which is now used. */
    RECOVERY_CODE,
    WRONG,
    /** Too many wrong codes: codes of the app are not checked for a while. */
    BLOCKED
  }

  private record Row(
      byte @Nullable [] secret,
      boolean confirmed,
      @Nullable String begunIn,
      boolean expired,
      long lastStep,
      int wrongCodes,
      boolean blocked,
      long now) {
    static Row read(ResultSet row, int number) throws SQLException {
      return new Row(
          row.getBytes("totp_secret"),
          row.getTimestamp("confirmed_at") != null,
          row.getString("begun_in"),
          row.getBoolean("expired"),
          row.getLong("last_step"),
          row.getInt("wrong_codes"),
          row.getBoolean("blocked"),
          row.getLong("now"));
    }
  }

  /** Whether people have, or need, a second factor. */
  public SecondFactorMode mode() {
    return settings.secondFactor();
  }

  /** Whether a right password is not enough for a person. */
  boolean isNeeded(Person person) {
    return switch (mode()) {
      case OFF -> false;
      case OPTIONAL -> person.credentials().secondFactor() != null;
      case REQUIRED -> true;
    };
  }

  /** What a person has set up. */
  public State state(UUID person) {
    return jdbc.sql(
            """
            SELECT f.confirmed_at IS NOT NULL AS totp,
              (SELECT count(*) FROM recovery_code r WHERE r.person_id = p.id) AS codes,
              ceil(greatest(0, coalesce(extract(epoch FROM f.blocked_until - statement_timestamp()), 0)) / 60)
                AS blocked_minutes
            FROM person p LEFT JOIN second_factor f ON f.person_id = p.id WHERE p.id = :person
            """)
        .param("person", person)
        .query(
            (row, number) ->
                new State(
                    row.getBoolean("totp"), row.getInt("codes"), row.getInt("blocked_minutes")))
        .optional()
        .orElse(new State(false, 0, 0));
  }

  /**
   * Creates the secret of an app, which has to be confirmed within 10 minutes. An earlier secret
   * that was not confirmed is void.
   *
   * @param begunIn the only session or login in which it is shown and can be confirmed: somebody
   *     else who knows the password must not see it
   * @return the secret in Base32; empty: the person has an app already
   */
  @Transactional
  public Optional<String> begin(UUID person, String begunIn) {
    people.lock(null, person);
    String secret = Totp.newSecret();
    int begun =
        jdbc.sql(
                """
                INSERT INTO second_factor (person_id, totp_secret, begun_in, begun_at)
                VALUES (:person, :sealed, :begunIn, statement_timestamp())
                ON CONFLICT (person_id) DO UPDATE SET totp_secret = excluded.totp_secret,
                  begun_in = excluded.begun_in, begun_at = excluded.begun_at, last_step = NULL
                  WHERE second_factor.confirmed_at IS NULL
                """)
            .param("person", person)
            .param("sealed", seal.seal(person, FIELD, secret))
            .param("begunIn", begunIn)
            .update();
    return begun == 0 ? Optional.empty() : Optional.of(secret);
  }

  /**
   * The secret, in Base32, that waits to be confirmed there; empty: there is none, or no longer.
   */
  public Optional<String> begun(UUID person, String begunIn) {
    return jdbc.sql(
            """
            SELECT totp_secret FROM second_factor
            WHERE person_id = :person AND begun_in = :begunIn AND confirmed_at IS NULL
              AND begun_at > statement_timestamp() - make_interval(secs => :unconfirmed)
            """)
        .param("unconfirmed", UNCONFIRMED.toSeconds())
        .param("begunIn", begunIn)
        .param("person", person)
        .query(byte[].class)
        .optional()
        .map(stored -> seal.open(person, FIELD, stored));
  }

  /**
   * Confirms the app with one of its codes: from now on, logins need its codes. Earlier recovery
   * codes are replaced.
   *
   * @param begunIn as in {@link #begin}
   * @return the recovery codes, which are not shown again; empty: the code is wrong, or nothing
   *     waits to be confirmed there
   */
  @Transactional
  public Optional<List<String>> confirm(UUID person, String begunIn, @Nullable String typed) {
    return confirm(person, begunIn, typed, () -> true);
  }

  /**
   * As {@link #confirm(UUID, String, String)}.
   *
   * @param stillOpen whether that session or login has not ended: asked only if the code is
   *     correct, with the person locked. False: nothing is confirmed
   */
  @Transactional
  public Optional<List<String>> confirm(
      UUID person, String begunIn, @Nullable String typed, BooleanSupplier stillOpen) {
    String code = stripped(typed);
    Optional<Row> row = lock(person);
    if (row.isEmpty()
        || row.get().confirmed()
        || row.get().expired()
        || !begunIn.equals(row.get().begunIn())) {
      return Optional.empty();
    }
    OptionalLong step = step(person, row.get(), code);
    if (step.isEmpty() || !stillOpen.getAsBoolean()) {
      return Optional.empty();
    }
    jdbc.sql(
            """
            UPDATE second_factor SET confirmed_at = statement_timestamp(), last_step = :step, wrong_codes = 0,
              blocked_until = NULL, begun_in = NULL, begun_at = NULL
            WHERE person_id = :person
            """)
        .param("person", person)
        .param("step", step.getAsLong())
        .update();
    refresh(person);
    publish(PersonChanged.Change.SECOND_FACTOR_ADDED, person, SecondFactor.TOTP);
    return Optional.of(newRecoveryCodes(person));
  }

  /** Checks a code of the app, or a recovery code, of a person who has a second factor. */
  @Transactional
  public Check check(UUID person, @Nullable String typed) {
    String code = stripped(typed);
    Optional<Row> locked = lock(person);
    if (locked.isEmpty()) {
      return Check.WRONG;
    }
    Row row = locked.get();
    if (isRecoveryCode(code)) {
      if (useRecoveryCode(person, code)) {
        countRight(person);
        publish(PersonChanged.Change.RECOVERY_CODE_USED, person, null);
        return Check.RECOVERY_CODE;
      }
      return row.blocked() ? Check.BLOCKED : countWrong(person, row);
    }
    if (row.blocked()) {
      return Check.BLOCKED;
    }
    OptionalLong step = row.confirmed() ? step(person, row, code) : OptionalLong.empty();
    if (step.isEmpty() || !use(person, step.getAsLong())) {
      return countWrong(person, row);
    }
    countRight(person);
    return Check.TOTP;
  }

  /** Locks the person, and then the row of the codes. */
  private Optional<Row> lock(UUID person) {
    return jdbc.sql(
            """
            SELECT f.totp_secret, f.confirmed_at, f.begun_in,
              coalesce(f.begun_at <= statement_timestamp() - make_interval(secs => :unconfirmed), true) AS expired,
              coalesce(f.last_step, 0) AS last_step, f.wrong_codes,
              coalesce(f.blocked_until > statement_timestamp(), false) AS blocked,
              floor(extract(epoch FROM statement_timestamp()))::bigint AS now
            FROM person p JOIN second_factor f ON f.person_id = p.id
            WHERE p.id = :person FOR NO KEY UPDATE
            """)
        .param("unconfirmed", UNCONFIRMED.toSeconds())
        .param("person", person)
        .query(Row::read)
        .optional();
  }

  private OptionalLong step(UUID person, Row row, String code) {
    byte[] sealed = row.secret();
    return sealed == null || !Totp.isCode(code)
        ? OptionalLong.empty()
        : Totp.matching(seal.open(person, FIELD, sealed), code, row.now(), row.lastStep());
  }

  private boolean use(UUID person, long step) {
    return jdbc.sql(
                """
                UPDATE second_factor SET last_step = :step
                WHERE person_id = :person AND coalesce(last_step, 0) < :step
                """)
            .param("person", person)
            .param("step", step)
            .update()
        == 1;
  }

  private boolean useRecoveryCode(UUID person, String code) {
    return jdbc.sql("DELETE FROM recovery_code WHERE person_id = :person AND code_sha256 = :sha256")
            .param("person", person)
            .param("sha256", sha256(person, code))
            .update()
        == 1;
  }

  private void countRight(UUID person) {
    jdbc.sql(
            "UPDATE second_factor SET wrong_codes = 0, blocked_until = NULL WHERE person_id = :person")
        .param("person", person)
        .update();
  }

  private Check countWrong(UUID person, Row row) {
    int wrong = row.wrongCodes() + 1;
    boolean pause = wrong % WRONG_CODES == 0;
    jdbc.sql(
            """
            UPDATE second_factor SET wrong_codes = :wrong,
              blocked_until = CASE WHEN :pause THEN statement_timestamp() + make_interval(secs => :seconds) END
            WHERE person_id = :person
            """)
        .param("person", person)
        .param("wrong", wrong)
        .param("pause", pause)
        .param("seconds", pauseAfter(wrong).toSeconds())
        .update();
    if (pause) {
      publish(PersonChanged.Change.SECOND_FACTOR_BLOCKED, person, null);
    }
    return pause ? Check.BLOCKED : Check.WRONG;
  }

  /** 5 minutes, and twice as long each time, up to a day. */
  static Duration pauseAfter(int wrongCodes) {
    int doublings = Math.min(MAX_DOUBLINGS, Math.max(0, wrongCodes / WRONG_CODES - 1));
    Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  /**
   * Notes that a person has registered a passkey.
   *
   * @return recovery codes, which are not shown again; empty: the person has some already
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<String> addedPasskey(UUID person) {
    // Where wrong recovery codes are counted.
    jdbc.sql("INSERT INTO second_factor (person_id) VALUES (:person) ON CONFLICT DO NOTHING")
        .param("person", person)
        .update();
    refresh(person);
    publish(PersonChanged.Change.SECOND_FACTOR_ADDED, person, SecondFactor.PASSKEY);
    return state(person).recoveryCodes() > 0 ? List.of() : newRecoveryCodes(person);
  }

  /** Notes that a person has removed a passkey. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void removedPasskey(UUID person) {
    refresh(person);
    publish(PersonChanged.Change.SECOND_FACTOR_REMOVED, person, SecondFactor.PASSKEY);
  }

  /** Replaces the recovery codes. The new ones are not shown again. */
  @Transactional
  public List<String> replaceRecoveryCodes(UUID person) {
    people.lock(null, person);
    publish(PersonChanged.Change.RECOVERY_CODES_REPLACED, person, null);
    return newRecoveryCodes(person);
  }

  /** Ends the use of the app; without another factor, the recovery codes are void. */
  @Transactional
  public void removeTotp(UUID person) {
    people.lock(null, person);
    jdbc.sql(
            """
            UPDATE second_factor SET totp_secret = NULL, confirmed_at = NULL, begun_in = NULL, begun_at = NULL,
              last_step = NULL
            WHERE person_id = :person
            """)
        .param("person", person)
        .update();
    refresh(person);
    publish(PersonChanged.Change.SECOND_FACTOR_REMOVED, person, SecondFactor.TOTP);
  }

  /**
   * Removes every second factor of a person who has lost it; all sessions end. Empty if there is no
   * such person.
   *
   * @param organization the only one to look in; null: all
   */
  @Transactional
  public Optional<Person> reset(@Nullable OrganizationId organization, UUID id) {
    Optional<Person> person =
        jdbc.sql(
                """
                UPDATE person SET second_factor = NULL, login_version = login_version + 1
                WHERE id = :id AND (:organization::text IS NULL OR organization = :organization)
                RETURNING *
                """)
            .param("id", id)
            .param("organization", OrganizationId.valueOrNull(organization))
            .query(People::read)
            .optional();
    person.ifPresent(
        one -> {
          jdbc.sql("DELETE FROM second_factor WHERE person_id = :id").param("id", id).update();
          jdbc.sql("DELETE FROM passkey WHERE person_id = :id").param("id", id).update();
          jdbc.sql("DELETE FROM recovery_code WHERE person_id = :id").param("id", id).update();
          people.endSessions(id);
          publisher.publishEvent(new PersonChanged(PersonChanged.Change.SECOND_FACTOR_RESET, one));
        });
    return person;
  }

  /**
   * Updates the factor in the person's row, and deletes recovery codes without a factor that they
   * could replace.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void refresh(UUID person) {
    jdbc.sql(
            """
            UPDATE person SET second_factor =
              CASE WHEN EXISTS (SELECT 1 FROM passkey WHERE person_id = :person) THEN 'passkey'
                WHEN EXISTS (SELECT 1 FROM second_factor
                  WHERE person_id = :person AND confirmed_at IS NOT NULL) THEN 'totp' END
            WHERE id = :person
            """)
        .param("person", person)
        .update();
    jdbc.sql(
            """
            DELETE FROM recovery_code r USING person p
            WHERE r.person_id = :person AND p.id = r.person_id AND p.second_factor IS NULL
            """)
        .param("person", person)
        .update();
  }

  private List<String> newRecoveryCodes(UUID person) {
    jdbc.sql("DELETE FROM recovery_code WHERE person_id = :person")
        .param("person", person)
        .update();
    Set<String> codes = new TreeSet<>();
    while (codes.size() < RECOVERY_CODES) {
      codes.add(Tokens.base32(RECOVERY_BYTES));
    }
    List<String> shown = new ArrayList<>();
    for (String code : codes) {
      jdbc.sql("INSERT INTO recovery_code (person_id, code_sha256) VALUES (:person, :sha256)")
          .param("person", person)
          .param("sha256", sha256(person, code))
          .update();
      shown.add(Base32.grouped(code, "-"));
    }
    return shown;
  }

  private void publish(PersonChanged.Change change, UUID id, @Nullable SecondFactor factor) {
    people
        .find(null, id)
        .ifPresent(
            person ->
                publisher.publishEvent(
                    new PersonChanged(
                        change, person, factor == null ? List.of() : List.of(factor.word()))));
  }

  /** What was typed, without spaces and hyphens; a text that is too long for a code is cut. */
  private static String stripped(@Nullable String typed) {
    String text = typed == null ? "" : typed;
    return (text.length() > MAX_TYPED ? text.substring(0, MAX_TYPED) : text)
        .replaceAll("[\\s-]", "")
        .toUpperCase(Locale.ROOT);
  }

  private static boolean isRecoveryCode(String code) {
    return code.length() == RECOVERY_LENGTH;
  }

  private static byte[] sha256(UUID person, String code) {
    return Tokens.sha256("recovery code of " + person + "\n" + code);
  }
}
