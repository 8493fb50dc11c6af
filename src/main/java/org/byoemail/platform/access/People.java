package org.byoemail.platform.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The people who log in to the console. Of passwords and invitations, only hashes are stored. Every
 * change publishes {@link PersonChanged} inside its transaction. Thread-safe.
 */
@Repository
public class People {
  private static final int TOKEN_BYTES = 32;

  private final JdbcClient jdbc;
  private final Passwords passwords;
  private final PeopleSettings settings;
  private final ApplicationEventPublisher publisher;

  People(
      JdbcClient jdbc,
      Passwords passwords,
      PeopleSettings settings,
      ApplicationEventPublisher publisher) {
    this.jdbc = jdbc;
    this.passwords = passwords;
    this.settings = settings;
    this.publisher = publisher;
  }

  /** An invited person, and the token of the link. */
  public record Invited(Person person, String token) {
    @Override
    public String toString() {
      return "Invited[person=" + person.id() + "]";
    }
  }

  /** A person, and the hash of the password; null: there is none. */
  record Login(Person person, @Nullable String hash) {
    @Override
    public String toString() {
      return "Login[person=" + person.id() + "]";
    }
  }

  /**
   * Creates a person.
   *
   * @param email in lower case
   * @param organization null: all
   * @param password null: none so far
   * @throws TooManyPeople if the organisation has as many as the settings allow
   * @throws org.springframework.dao.DuplicateKeyException if another person has the address
   */
  @Transactional
  public Person create(
      String email,
      String name,
      @Nullable OrganizationId organization,
      Set<PersonRole> roles,
      @Nullable PasswordHash password) {
    takePlace(organization);
    Person person =
        jdbc.sql(
                """
                INSERT INTO person (id, email, name, organization, roles, password_hash, created_at)
                VALUES (:id, :email, :name, :organization, :roles, :hash, statement_timestamp())
                RETURNING *
                """)
            .param("id", Ids.next())
            .param("email", email)
            .param("name", name)
            .param("organization", OrganizationId.valueOrNull(organization))
            .param("roles", words(roles))
            .param("hash", password == null ? null : password.value())
            .query(People::read)
            .single();
    publish(PersonChanged.Change.CREATED, person);
    return person;
  }

  /** Thrown if an organisation has as many people as the settings allow. */
  public static final class TooManyPeople extends StateConflict {
    private static final long serialVersionUID = 1L;
    private final String reason;

    TooManyPeople(int most) {
      this("has " + most + " people, which is the maximum: delete people who no longer log in");
    }

    private TooManyPeople(String reason) {
      super("the organization " + reason);
      this.reason = reason;
    }

    /** What is wrong with the organisation, after its name. */
    public String reason() {
      return reason;
    }
  }

  /** One at a time for an organisation: two nodes would each find the last place free. */
  private void takePlace(@Nullable OrganizationId organization) {
    String owner = OrganizationId.valueOrNull(organization);
    jdbc.sql("SELECT count(pg_advisory_xact_lock(hashtextextended(:place, 0)))")
        .param("place", "byo people of " + owner)
        .query(Long.class)
        .single();
    int present =
        jdbc.sql("SELECT count(*) FROM person WHERE organization IS NOT DISTINCT FROM :owner::text")
            .param("owner", owner)
            .query(Integer.class)
            .single();
    if (present >= settings.maxPerOrganization()) {
      throw new TooManyPeople(settings.maxPerOrganization());
    }
  }

  /** Makes a link to set a password; the previous link is void. Empty: there is no such person. */
  @Transactional
  public Optional<Invited> invite(@Nullable OrganizationId organization, UUID id) {
    String token = Tokens.base64Url(TOKEN_BYTES);
    Optional<Person> person =
        jdbc.sql(
                """
                UPDATE person SET invitation_sha256 = :sha256,
                  invitation_expires_at = statement_timestamp() + make_interval(secs => :seconds)
                WHERE id = :id AND (:organization::text IS NULL OR organization = :organization)
                RETURNING *
                """)
            .param("id", id)
            .param("organization", OrganizationId.valueOrNull(organization))
            .param("sha256", Tokens.sha256(token))
            .param("seconds", settings.invitationLifetime().toSeconds())
            .query(People::read)
            .optional();
    person.ifPresent(one -> publish(PersonChanged.Change.INVITED, one));
    return person.map(one -> new Invited(one, token));
  }

  /**
   * The person a token invites; empty if it is unknown, used or expired, or the person is disabled.
   */
  public Optional<Person> invited(String token) {
    return jdbc.sql(
            """
            SELECT * FROM person WHERE invitation_sha256 = :sha256
              AND invitation_expires_at > statement_timestamp() AND disabled_at IS NULL
            """)
        .param("sha256", Tokens.sha256(token))
        .query(People::read)
        .optional();
  }

  /** Sets the password of an invited person, once; sessions end. Empty as {@link #invited}. */
  @Transactional
  public Optional<Person> accept(String token, PasswordHash password) {
    Optional<Person> person =
        jdbc.sql(
                """
                UPDATE person SET password_hash = :hash, invitation_sha256 = NULL, invitation_expires_at = NULL,
                  login_version = login_version + 1
                WHERE invitation_sha256 = :sha256 AND invitation_expires_at > statement_timestamp()
                  AND disabled_at IS NULL
                RETURNING *
                """)
            .param("sha256", Tokens.sha256(token))
            .param("hash", password.value())
            .query(People::read)
            .optional();
    person.ifPresent(
        one -> {
          endSessions(one.id());
          publish(PersonChanged.Change.PASSWORD_SET, one);
        });
    return person;
  }

  /** Sets a password; open invitations are void. */
  @Transactional
  public void setPassword(UUID id, PasswordHash password) {
    jdbc.sql(
            """
            UPDATE person SET password_hash = :hash, invitation_sha256 = NULL, invitation_expires_at = NULL,
              login_version = login_version + 1
            WHERE id = :id RETURNING *
            """)
        .param("id", id)
        .param("hash", password.value())
        .query(People::read)
        .optional()
        .ifPresent(one -> publish(PersonChanged.Change.PASSWORD_SET, one));
  }

  /** Whether it is the person's password. */
  boolean hasPassword(UUID id, String password) {
    String hash =
        jdbc.sql("SELECT password_hash FROM person WHERE id = :id AND password_hash IS NOT NULL")
            .param("id", id)
            .query(String.class)
            .optional()
            .orElse(null);
    return passwords.matches(password, hash);
  }

  /**
   * A person, whom nobody else changes until the transaction ends; empty if there is no such
   * person.
   *
   * @param viewer the only organisation to look in; null: all
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Person> lock(@Nullable OrganizationId viewer, UUID id) {
    return jdbc.sql(
            """
            SELECT * FROM person
            WHERE id = :id AND (:viewer::text IS NULL OR organization = :viewer) FOR UPDATE
            """)
        .param("id", id)
        .param("viewer", OrganizationId.valueOrNull(viewer))
        .query(People::read)
        .optional();
  }

  /**
   * Changes name, organisation and roles; empty if there is no such person.
   *
   * @param viewer the only organisation to look in; null: all
   */
  @Transactional
  public Optional<Person> change(
      @Nullable OrganizationId viewer,
      UUID id,
      String name,
      @Nullable OrganizationId organization,
      Set<PersonRole> roles) {
    Optional<Person> before = lock(viewer, id);
    return before.map(
        old -> {
          if (!Objects.equals(old.organization(), organization)) {
            takePlace(organization);
          }
          Person person =
              jdbc.sql(
                      """
                      UPDATE person SET name = :name, organization = :organization, roles = :roles
                      WHERE id = :id RETURNING *
                      """)
                  .param("id", id)
                  .param("name", name)
                  .param("organization", OrganizationId.valueOrNull(organization))
                  .param("roles", words(roles))
                  .query(People::read)
                  .single();
          List<String> fields = changed(old, person);
          if (!fields.isEmpty()) {
            publisher.publishEvent(new PersonChanged(PersonChanged.Change.CHANGED, person, fields));
          }
          return person;
        });
  }

  private static List<String> changed(Person before, Person after) {
    List<String> fields = new ArrayList<>();
    if (!before.name().equals(after.name())) {
      fields.add("name");
    }
    if (!Objects.equals(before.organization(), after.organization())) {
      fields.add("organization");
    }
    if (!before.roles().equals(after.roles())) {
      fields.add("roles");
    }
    return fields;
  }

  /** Disables a person, whose sessions end at once on every node, or enables one again. */
  @Transactional
  public Optional<Person> setDisabled(
      @Nullable OrganizationId organization, UUID id, boolean disabled) {
    Optional<Person> person =
        jdbc.sql(
                """
                UPDATE person SET
                  login_version = login_version + 1,
                  disabled_at = CASE WHEN :disabled THEN coalesce(disabled_at, statement_timestamp()) END,
                  invitation_sha256 = CASE WHEN :disabled THEN NULL ELSE invitation_sha256 END,
                  invitation_expires_at = CASE WHEN :disabled THEN NULL ELSE invitation_expires_at END
                WHERE id = :id AND (:organization::text IS NULL OR organization = :organization)
                  AND (disabled_at IS NULL) = :disabled
                RETURNING *
                """)
            .param("id", id)
            .param("organization", OrganizationId.valueOrNull(organization))
            .param("disabled", disabled)
            .query(People::read)
            .optional();
    person.ifPresent(
        one -> {
          if (disabled) {
            endSessions(id);
          }
          publish(disabled ? PersonChanged.Change.DISABLED : PersonChanged.Change.ENABLED, one);
        });
    return person.or(() -> find(organization, id));
  }

  void endSessions(UUID id) {
    jdbc.sql("DELETE FROM console_session WHERE person_id = :id").param("id", id).update();
    jdbc.sql("DELETE FROM console_login WHERE person_id = :id").param("id", id).update();
  }

  /** Deletes a person and all sessions; false if there is no such person. */
  @Transactional
  public boolean delete(@Nullable OrganizationId organization, UUID id) {
    Optional<Person> person =
        jdbc.sql(
                """
                DELETE FROM person
                WHERE id = :id AND (:organization::text IS NULL OR organization = :organization)
                RETURNING *
                """)
            .param("id", id)
            .param("organization", OrganizationId.valueOrNull(organization))
            .query(People::read)
            .optional();
    person.ifPresent(one -> publish(PersonChanged.Change.DELETED, one));
    return person.isPresent();
  }

  /** The person with an id; empty if there is none, or the person is of another organisation. */
  public Optional<Person> find(@Nullable OrganizationId organization, UUID id) {
    return jdbc.sql(
            """
            SELECT * FROM person
            WHERE id = :id AND (:organization::text IS NULL OR organization = :organization)
            """)
        .param("id", id)
        .param("organization", OrganizationId.valueOrNull(organization))
        .query(People::read)
        .optional();
  }

  /**
   * People in order of creation.
   *
   * @param organization null: all
   * @param after the id to start after; null: from the first
   */
  public List<Person> list(@Nullable OrganizationId organization, @Nullable UUID after, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM person WHERE (:organization::text IS NULL OR organization = :organization)
              AND (:after::uuid IS NULL OR id > :after) ORDER BY id LIMIT :limit
            """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("after", after)
        .param("limit", limit)
        .query(People::read)
        .list();
  }

  /** The person who logs in with an address; empty if there is none, or they are disabled. */
  Optional<Login> login(String email) {
    return jdbc.sql("SELECT * FROM person WHERE email = :email AND disabled_at IS NULL")
        .param("email", email)
        .query((row, number) -> new Login(read(row, number), row.getString("password_hash")))
        .optional();
  }

  /**
   * The identity of somebody at a provider.
   *
   * @param email in lower case; null: none, or none that can be used
   * @param verified whether the provider says that the address is the person's
   */
  public record Identity(
      String issuer, String subject, @Nullable String email, boolean verified, String name) {}

  /**
   * The rights that the claims of a provider give.
   *
   * @param organization null: all
   * @param roles empty: no access
   */
  public record Rights(@Nullable OrganizationId organization, Set<PersonRole> roles) {}

  /**
   * The person whom a provider has logged in: the person with that issuer and subject, or the
   * person invited at that verified address, or a new person to whom the claims give roles.
   *
   * @param rights null: the provider gives none
   * @return empty: nobody has given access, or it was taken away
   */
  @Transactional
  public Optional<Person> atProvider(Identity identity, @Nullable Rights rights) {
    Optional<Person> known =
        jdbc.sql("SELECT * FROM person WHERE issuer = :issuer AND subject = :subject FOR UPDATE")
            .param("issuer", identity.issuer())
            .param("subject", identity.subject())
            .query(People::read)
            .optional();
    if (known.isEmpty()) {
      Optional<Person> invited = accept(identity, rights == null ? null : rights.organization());
      return invited.isPresent() || rights == null || rights.roles().isEmpty()
          ? invited
          : createFromClaims(identity, rights);
    }
    Person person = known.get();
    if (person.disabledAt() != null) {
      return Optional.empty();
    }
    if (!followsClaims(person.id())) {
      return known;
    }
    if (rights == null) {
      return Optional.empty();
    }
    // Without roles, open sessions and keys that the person made may no longer do anything either.
    Optional<Person> changed =
        change(
            null,
            person.id(),
            person.name(),
            rights.roles().isEmpty() ? person.organization() : rights.organization(),
            rights.roles());
    return changed.filter(one -> !one.roles().isEmpty());
  }

  private boolean followsClaims(UUID id) {
    return jdbc.sql("SELECT from_claims FROM person WHERE id = :id")
        .param("id", id)
        .query(Boolean.class)
        .single();
  }

  // An invitation to an organization other than the claims' is not accepted: it would outlast them.
  private Optional<Person> accept(Identity identity, @Nullable OrganizationId claimed) {
    if (identity.email() == null || !identity.verified()) {
      return Optional.empty();
    }
    Optional<Person> person =
        jdbc.sql(
                """
                UPDATE person SET issuer = :issuer, subject = :subject,
                  invitation_sha256 = NULL, invitation_expires_at = NULL
                WHERE email = :email AND issuer IS NULL AND disabled_at IS NULL
                  AND (:claimed::text IS NULL OR organization IS NOT DISTINCT FROM :claimed)
                  AND invitation_expires_at > statement_timestamp()
                RETURNING *
                """)
            .param("issuer", identity.issuer())
            .param("subject", identity.subject())
            .param("email", identity.email())
            .param("claimed", OrganizationId.valueOrNull(claimed))
            .query(People::read)
            .optional();
    person.ifPresent(
        one ->
            publisher.publishEvent(
                new PersonChanged(PersonChanged.Change.CHANGED, one, List.of("issuer"))));
    return person;
  }

  private Optional<Person> createFromClaims(Identity identity, Rights rights) {
    // Where users edit their own address, an unverified one may belong to anybody.
    if (identity.email() == null || !identity.verified()) {
      return Optional.empty();
    }
    takePlace(rights.organization());
    // An address that another person has is not taken over.
    Optional<Person> person =
        jdbc.sql(
                """
                INSERT INTO person
                  (id, email, name, organization, roles, issuer, subject, from_claims, created_at)
                VALUES (:id, :email, :name, :organization, :roles, :issuer, :subject, true,
                  statement_timestamp())
                ON CONFLICT DO NOTHING RETURNING *
                """)
            .param("id", Ids.next())
            .param("email", identity.email())
            .param("name", identity.name())
            .param("organization", OrganizationId.valueOrNull(rights.organization()))
            .param("roles", words(rights.roles()))
            .param("issuer", identity.issuer())
            .param("subject", identity.subject())
            .query(People::read)
            .optional();
    person.ifPresent(one -> publish(PersonChanged.Change.CREATED, one));
    return person;
  }

  private void publish(PersonChanged.Change change, Person person) {
    publisher.publishEvent(new PersonChanged(change, person));
  }

  private static String[] words(Set<PersonRole> roles) {
    return roles.stream().sorted().map(PersonRole::word).toArray(String[]::new);
  }

  static Person read(ResultSet row, int number) throws SQLException {
    return new Person(
        row.getObject("id", UUID.class),
        row.getString("email"),
        row.getString("name"),
        OrganizationId.ofNullable(row.getString("organization")),
        PersonRole.read(Arrays.asList((String[]) row.getArray("roles").getArray())),
        new Person.Credentials(
            row.getString("password_hash") != null,
            row.getString("issuer"),
            SqlTimestamps.read(row, "invitation_expires_at"),
            row.getInt("login_version"),
            SecondFactor.ofNullable(row.getString("second_factor"))),
        row.getTimestamp("created_at").toInstant(),
        SqlTimestamps.read(row, "disabled_at"),
        SqlTimestamps.read(row, "last_login_at"));
  }
}
