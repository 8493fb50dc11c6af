package org.byoemail.operations.setup;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.ApiKeys;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsoleSession;
import org.byoemail.platform.access.ConsoleSessions;
import org.byoemail.platform.access.CurrentPasswords;
import org.byoemail.platform.access.PasswordHash;
import org.byoemail.platform.access.Passwords;
import org.byoemail.platform.access.People;
import org.byoemail.platform.access.Person;
import org.byoemail.platform.access.PersonRole;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Invites and changes the people who log in to the console: nobody can give a role that permits
 * more than their own. An invitation link is returned once. Safe for use by many threads.
 */
@Service
public class PersonSetup {
  private static final int MAX_NAME = 100;
  private static final int MAX_SESSIONS = 50;

  private final People people;
  private final ConsoleSessions sessions;
  private final Passwords passwords;
  private final CurrentPasswords currentPasswords;
  private final ApiKeys keys;
  private final PublicUrl url;
  private final TransactionTemplate transactions;

  PersonSetup(
      People people,
      ConsoleSessions sessions,
      Passwords passwords,
      CurrentPasswords currentPasswords,
      ApiKeys keys,
      PublicUrl url,
      TransactionTemplate transactions) {
    this.people = people;
    this.sessions = sessions;
    this.passwords = passwords;
    this.currentPasswords = currentPasswords;
    this.keys = keys;
    this.url = url;
    this.transactions = transactions;
  }

  /**
   * A person, with the link of the invitation.
   *
   * @param link shown once; null: the person has a password
   */
  public record Created(Person person, @Nullable String link) {
    @Override
    public String toString() {
      return "Created[person=" + person.id() + "]";
    }
  }

  /**
   * Creates a person, with a password or an invitation to set one.
   *
   * @param draft whose organization the caller sees
   * @throws FieldsRefused naming what is wrong
   */
  public Created create(Caller caller, PersonDraft draft) {
    if (caller.organization() != null && !caller.organization().equals(draft.organization())) {
      throw new FieldsRefused("organization", "must be your own: " + caller.organization());
    }
    FieldChecks checks = new FieldChecks();
    String email = email(draft.email(), checks);
    String name = name(draft.name(), checks);
    Set<PersonRole> roles = roles(caller, draft.roles(), checks);
    if (draft.password() != null) {
      passwords
          .problem(draft.password(), email, name)
          .ifPresent(problem -> checks.refuse("password", problem));
    }
    checks.done();
    // Before the transaction: it takes a while.
    PasswordHash hash = draft.password() == null ? null : passwords.hash(draft.password());
    try {
      return Objects.requireNonNull(
          transactions.execute(
              status -> {
                Person person = people.create(email, name, draft.organization(), roles, hash);
                return draft.password() == null
                    ? link(people.invite(null, person.id()).orElseThrow())
                    : new Created(person, null);
              }));
    } catch (DuplicateKeyException e) {
      throw new FieldsRefused("email", "is the login of another person");
    } catch (People.TooManyPeople e) {
      throw full(e);
    }
  }

  /**
   * Makes a new link with which the person sets a password; the previous one is void.
   *
   * @throws ResourceNotFound if the caller sees no person of that id
   */
  public Created invite(Caller caller, UUID id) {
    Person person = managed(caller, id);
    if (person.disabledAt() != null) {
      throw new SetupConflict("the person is disabled: enable them first");
    }
    return link(
        people.invite(caller.organization(), id).orElseThrow(() -> new ResourceNotFound("person")));
  }

  private Created link(People.Invited invited) {
    String path = "/invitations/" + invited.token();
    return new Created(invited.person(), url.of(path).orElse(path));
  }

  /** The people whom a caller sees, in order of creation. */
  public List<Person> list(Caller caller, @Nullable UUID after, int limit) {
    return people.list(caller.organization(), after, limit);
  }

  /**
   * A person.
   *
   * @throws ResourceNotFound if the caller sees no person of that id
   */
  public Person find(Caller caller, UUID id) {
    return people.find(caller.organization(), id).orElseThrow(() -> new ResourceNotFound("person"));
  }

  /**
   * Roles that a person is given.
   *
   * @param given the words; null: not given
   * @param shown the words that the caller saw and started from: changes by another admin since
   *     then are kept; null: all roles are replaced
   */
  public record Roles(@Nullable List<@Nullable String> given, @Nullable Collection<String> shown) {

    /** Replaces all roles. */
    public static Roles all(@Nullable List<@Nullable String> given) {
      return new Roles(given, null);
    }

    private @Nullable List<@Nullable String> on(Person person) {
      if (given == null || given.isEmpty() || shown == null) {
        return given;
      }
      Set<@Nullable String> words = new LinkedHashSet<>(person.roleWords());
      words.removeIf(word -> shown.contains(word) && !given.contains(word));
      given.stream().filter(word -> !shown.contains(word)).forEach(words::add);
      return new ArrayList<>(words);
    }
  }

  /**
   * Changes a person, in one transaction; null leaves a value unchanged. What another admin changed
   * at the same time stays.
   *
   * @param organization the new one; empty: all; null: unchanged; ignored if the caller sees only
   *     one
   * @param roles null: unchanged
   * @param disabled as {@link #setDisabled}
   * @throws FieldsRefused naming what is wrong
   * @throws SetupConflict if the caller would disable or enable themselves
   * @throws ResourceNotFound if the caller sees no person of that id
   */
  public Person change(
      Caller caller,
      UUID id,
      @Nullable String name,
      @Nullable Optional<OrganizationId> organization,
      @Nullable Roles roles,
      @Nullable Boolean disabled) {
    try {
      return Objects.requireNonNull(
          transactions.execute(
              status -> {
                Person before = locked(caller, id);
                Person changed =
                    change(
                        caller,
                        before,
                        name,
                        organization,
                        roles == null ? null : roles.on(before));
                return disabled == null || disabled == (before.disabledAt() != null)
                    ? changed
                    : setDisabled(caller, id, disabled);
              }));
    } catch (People.TooManyPeople e) {
      throw full(e);
    }
  }

  private Person change(
      Caller caller,
      Person before,
      @Nullable String name,
      @Nullable Optional<OrganizationId> organization,
      @Nullable List<@Nullable String> roles) {
    FieldChecks checks = new FieldChecks();
    String newName = name == null ? before.name() : name(name, checks);
    Set<PersonRole> newRoles = roles == null ? before.roles() : roles(caller, roles, checks);
    if (!newRoles.equals(before.roles()) && isOneself(caller, before.id())) {
      checks.refuse("roles", "are your own: ask another admin to change them");
    }
    checks.done();
    OrganizationId newOrganization =
        caller.organization() != null
            ? caller.organization()
            : organization == null ? before.organization() : organization.orElse(null);
    return people
        .change(caller.organization(), before.id(), newName, newOrganization, newRoles)
        .orElseThrow(() -> new ResourceNotFound("person"));
  }

  private static FieldsRefused full(People.TooManyPeople e) {
    return new FieldsRefused("organization", e.reason());
  }

  /**
   * Disables a person, whose sessions end at once, or enables one again.
   *
   * @throws SetupConflict if it is the caller, or the person who made the caller's key
   * @throws ResourceNotFound if the caller sees no person of that id
   */
  public Person setDisabled(Caller caller, UUID id, boolean disabled) {
    notOneself(caller, id);
    return Objects.requireNonNull(
        transactions.execute(
            status -> {
              locked(caller, id);
              return people
                  .setDisabled(caller.organization(), id, disabled)
                  .orElseThrow(() -> new ResourceNotFound("person"));
            }));
  }

  /**
   * Deletes a person and the person's sessions. The audit log keeps what the person did.
   *
   * @return the deleted person
   * @throws SetupConflict if it is the caller, or the person who made the caller's key
   * @throws ResourceNotFound if the caller sees no person of that id
   */
  public Person delete(Caller caller, UUID id) {
    notOneself(caller, id);
    return Objects.requireNonNull(
        transactions.execute(
            status -> {
              Person person = locked(caller, id);
              people.delete(caller.organization(), id);
              return person;
            }));
  }

  /**
   * The sessions of a person, the newest first.
   *
   * @throws ResourceNotFound if the caller sees no person of that id
   */
  public List<ConsoleSession> sessions(Caller caller, UUID id) {
    return sessions.list(find(caller, id).id(), MAX_SESSIONS);
  }

  /**
   * Ends a session of a person, or all of them.
   *
   * @param session null: all
   * @throws ResourceNotFound if there is none, or the caller sees no person of that id
   */
  public void endSessions(Caller caller, UUID id, @Nullable UUID session) {
    Person person = managed(caller, id);
    if (session == null) {
      sessions.endAll(person, null);
    } else if (!sessions.end(person, session)) {
      throw new ResourceNotFound("session");
    }
  }

  /** The caller's own sessions, the newest first. */
  public List<ConsoleSession> ownSessions(Caller caller) {
    return sessions.list(caller.person(), MAX_SESSIONS);
  }

  /**
   * Ends one of the caller's own sessions.
   *
   * @throws ResourceNotFound if there is no such session
   */
  public void endOwnSession(Caller caller, UUID session) {
    Person person = own(caller).orElse(null);
    if (!sessions.end(person, session)) {
      throw new ResourceNotFound("session");
    }
  }

  /** The caller as a person; empty: the login of the settings. */
  public Optional<Person> own(Caller caller) {
    return caller.person() == null ? Optional.empty() : people.find(null, caller.person());
  }

  /**
   * Changes the caller's own password; the other sessions end.
   *
   * @param session the one that continues
   * @throws FieldsRefused naming what is wrong
   */
  public void changePassword(
      Caller caller,
      @Nullable String currentPassword,
      @Nullable String password,
      @Nullable UUID session) {
    Person person =
        own(caller)
            .orElseThrow(
                () ->
                    new SetupConflict(
                        "this login is from the settings: change BYO_CONSOLE_PASSWORD"));
    checkCurrentPassword(person, currentPassword);
    Optional<String> problem = passwords.problem(password, person.email(), person.name());
    if (problem.isPresent()) {
      throw new FieldsRefused("new password", problem.get());
    }
    PasswordHash hash = passwords.hash(Objects.requireNonNull(password));
    transactions.executeWithoutResult(
        status -> {
          people.setPassword(person.id(), hash);
          sessions.endAll(person, session);
        });
  }

  /**
   * Checks the current password of a person who changes something that needs it.
   *
   * @throws FieldsRefused if it is wrong, or was wrong too often
   */
  void checkCurrentPassword(Person person, @Nullable String currentPassword) {
    CurrentPasswords.Outcome outcome =
        currentPasswords.check(person.id(), currentPassword == null ? "" : currentPassword);
    if (outcome != CurrentPasswords.Outcome.RIGHT) {
      throw new FieldsRefused(
          "current password",
          outcome == CurrentPasswords.Outcome.WRONG
              ? "is wrong"
              : "was wrong too often: try again in a few minutes");
    }
  }

  /** The person whom a link invites; empty if it is unknown, used or expired. */
  public Optional<Person> invited(String token) {
    return people.invited(token);
  }

  /**
   * Sets the password of an invited person; empty if the link is unknown, used or expired.
   *
   * @throws FieldsRefused if the password cannot be used
   */
  public Optional<Person> accept(String token, @Nullable String password) {
    Optional<Person> person = people.invited(token);
    if (person.isEmpty()) {
      return person;
    }
    Optional<String> problem =
        passwords.problem(password, person.get().email(), person.get().name());
    if (problem.isPresent()) {
      throw new FieldsRefused("password", problem.get());
    }
    return people.accept(token, passwords.hash(Objects.requireNonNull(password)));
  }

  /** How many API keys a person has made, which end with the person. */
  public int keysOf(Person person) {
    return keys.countOf(person.id());
  }

  /** The minimum number of characters of a password. */
  public int minPasswordLength() {
    return passwords.minLength();
  }

  /** A person with more permissions than the caller can only be managed by others. */
  private Person managed(Caller caller, UUID id) {
    return manageable(caller, find(caller, id));
  }

  /** As {@link #managed}; nobody else changes the person until the transaction ends. */
  private Person locked(Caller caller, UUID id) {
    return manageable(
        caller,
        people.lock(caller.organization(), id).orElseThrow(() -> new ResourceNotFound("person")));
  }

  private static Person manageable(Caller caller, Person person) {
    if (!caller.permissions().containsAll(PersonRole.permissions(person.roles()))) {
      throw new SetupConflict("the person may do more than you: another admin must manage them");
    }
    return person;
  }

  /**
   * As {@link #locked}, of a person who is not the caller.
   *
   * @throws SetupConflict if it is the caller or the person who made the caller's key, or the
   *     person may do more than the caller
   * @throws ResourceNotFound if the caller sees no person of that id
   */
  Person lockedOther(Caller caller, UUID id) {
    notOneself(caller, id);
    return locked(caller, id);
  }

  private void notOneself(Caller caller, UUID id) {
    if (isOneself(caller, id)) {
      throw new SetupConflict(
          caller.key() == null
              ? "this is you: another admin must do that"
              : "this person made the key: another admin must do that");
    }
  }

  /** Whether it is the person who calls, or who made the key that calls. */
  private boolean isOneself(Caller caller, UUID id) {
    return id.equals(caller.person())
        || caller.key() != null
            && keys.find(null, caller.key())
                .filter(key -> id.equals(key.madeByPerson()))
                .isPresent();
  }

  private static String email(@Nullable String text, FieldChecks checks) {
    EmailAddress address = checks.read("email", () -> EmailAddress.parse(text == null ? "" : text));
    return address == null ? "" : address.value().toLowerCase(Locale.ROOT);
  }

  private static String name(@Nullable String text, FieldChecks checks) {
    return Objects.requireNonNullElse(checks.line("name", text, MAX_NAME), "");
  }

  private static Set<PersonRole> roles(
      Caller caller, @Nullable List<@Nullable String> words, FieldChecks checks) {
    Set<PersonRole> roles = EnumSet.noneOf(PersonRole.class);
    if (words == null || words.isEmpty() || words.size() > PersonRole.values().length) {
      checks.refuse("roles", "must name at least one: viewer, reviewer, operator, admin");
      return roles;
    }
    for (int i = 0; i < words.size(); i++) {
      String field = "roles[" + i + "]";
      String word = String.valueOf(words.get(i));
      PersonRole role = checks.read(field, () -> PersonRole.of(word));
      if (role != null && caller.permissions().containsAll(role.permissions())) {
        roles.add(role);
      } else if (role != null) {
        checks.refuse(field, "permits more than you may");
      }
    }
    return roles;
  }
}
