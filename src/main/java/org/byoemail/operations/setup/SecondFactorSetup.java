package org.byoemail.operations.setup;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsoleSession;
import org.byoemail.platform.access.ConsoleSessions;
import org.byoemail.platform.access.Passkey;
import org.byoemail.platform.access.PasskeyAnswer;
import org.byoemail.platform.access.PasskeyRefused;
import org.byoemail.platform.access.Passkeys;
import org.byoemail.platform.access.People;
import org.byoemail.platform.access.Person;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.SecondFactorMode;
import org.byoemail.platform.access.SecondFactors;
import org.byoemail.platform.access.SessionFactor;
import org.byoemail.platform.access.TotpEnrolment;
import org.byoemail.platform.access.TotpEnrolments;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sets up and removes the second factor of people who log in with a password. Each change of one's
 * own needs the password again, so that an open session is not enough for it. Safe for use by many
 * threads.
 */
@Service
public class SecondFactorSetup {
  private static final int MAX_NAME = 60;

  private final PersonSetup persons;
  private final People people;
  private final SecondFactors factors;
  private final TotpEnrolments enrolments;
  private final Passkeys passkeys;
  private final ConsoleSessions sessions;
  private final TransactionTemplate transactions;

  SecondFactorSetup(
      PersonSetup persons,
      People people,
      SecondFactors factors,
      TotpEnrolments enrolments,
      Passkeys passkeys,
      ConsoleSessions sessions,
      TransactionTemplate transactions) {
    this.persons = persons;
    this.people = people;
    this.factors = factors;
    this.enrolments = enrolments;
    this.passkeys = passkeys;
    this.sessions = sessions;
    this.transactions = transactions;
  }

  /** Whether the caller can set up a second factor: people with a password, unless it is off. */
  public boolean isOffered(Caller caller) {
    return factors.mode() != SecondFactorMode.OFF
        && persons.own(caller).filter(person -> person.credentials().password()).isPresent();
  }

  /** Whether people must have one. */
  public boolean isRequired() {
    return factors.mode() == SecondFactorMode.REQUIRED;
  }

  /** What the caller, a person, has set up. */
  public SecondFactors.State state(Caller caller) {
    return factors.state(own(caller).id());
  }

  /**
   * Creates the secret of an authenticator app for the caller, to be confirmed in the same session.
   *
   * @throws FieldsRefused if the password is wrong
   * @throws SetupConflict if the caller has an app already, or cannot have one
   */
  public void begin(Caller caller, @Nullable String password, ConsoleSession session) {
    Person person = withPassword(caller, password);
    if (factors.begin(person.id(), begunIn(session)).isEmpty()) {
      throw new SetupConflict("you have an authenticator app: remove it first");
    }
  }

  /** What waits to be confirmed in a session; empty: nothing does. */
  public Optional<TotpEnrolment> begun(Caller caller, ConsoleSession session) {
    return isOffered(caller) ? enrolments.begun(own(caller), begunIn(session)) : Optional.empty();
  }

  /**
   * Confirms the app with one of its codes. The other sessions of the caller end.
   *
   * @return the recovery codes, which are not shown again
   * @throws FieldsRefused if the code is wrong, or nothing waits to be confirmed
   * @throws SetupConflict if the session has ended
   */
  public List<String> confirm(Caller caller, @Nullable String code, ConsoleSession session) {
    Person person = own(caller);
    return Objects.requireNonNull(
        transactions.execute(
            status -> {
              locked(person.id());
              List<String> codes =
                  factors
                      .confirm(person.id(), begunIn(session), code)
                      .orElseThrow(() -> new FieldsRefused("code", whyWrong(person, session)));
              recordFactor(session, SessionFactor.TOTP);
              sessions.endAll(person, session.id());
              return codes;
            }));
  }

  private String whyWrong(Person person, ConsoleSession session) {
    return factors.begun(person.id(), begunIn(session)).isEmpty()
        ? "belongs to a key that is no longer valid: set up the app again"
        : "is wrong: enter the one that the app shows now";
  }

  /** A session that ends while a request is read must not leave a factor: it may be a thief's. */
  private void recordFactor(ConsoleSession session, SessionFactor factor) {
    if (!sessions.recordFactor(session.id(), factor)) {
      throw new SetupConflict("your session has ended: log in again");
    }
  }

  private Person locked(UUID id) {
    return people.lock(null, id).orElseThrow(() -> new ResourceNotFound("person"));
  }

  /**
   * Replaces the recovery codes of the caller. They can replace codes of the app, so a code of the
   * app is needed, as for its removal.
   *
   * @param code of the app, or a recovery code; ignored without an app
   * @return the new ones, which are not shown again
   * @throws FieldsRefused if password or code is wrong
   * @throws SetupConflict if the caller has no second factor
   */
  public List<String> replaceRecoveryCodes(
      Caller caller, @Nullable String password, @Nullable String code) {
    Person person = withPassword(caller, password);
    if (person.credentials().secondFactor() == null) {
      throw new SetupConflict("there is no second factor that recovery codes could replace");
    }
    if (factors.state(person.id()).totp()) {
      checkCode(person, code);
    }
    return factors.replaceRecoveryCodes(person.id());
  }

  /**
   * Removes the authenticator app of the caller. The other sessions of the caller end. Where a
   * second factor is required and none is left, all end: the next login sets one up.
   *
   * @param code of the app, or a recovery code
   * @throws FieldsRefused if password or code is wrong
   * @throws SetupConflict if there is none
   */
  public void removeTotp(
      Caller caller, @Nullable String password, @Nullable String code, ConsoleSession session) {
    Person person = withPassword(caller, password);
    if (!factors.state(person.id()).totp()) {
      throw new SetupConflict("there is no authenticator app to remove");
    }
    checkCode(person, code);
    transactions.executeWithoutResult(
        status -> {
          factors.removeTotp(person.id());
          endOthers(person.id(), session);
        });
  }

  /** In a transaction of its own: a wrong code counts even if nothing else is changed. */
  private void checkCode(Person person, @Nullable String code) {
    switch (factors.check(person.id(), code)) {
      case WRONG -> throw new FieldsRefused("code", "is wrong");
      case BLOCKED -> throw new FieldsRefused("code", "was wrong too often: try again later");
      case TOTP, RECOVERY_CODE -> {}
    }
  }

  /** The caller's passkeys. */
  public List<Passkey> passkeys(Caller caller) {
    return passkeys.list(own(caller).id());
  }

  /** Why nobody can register passkeys; empty: people can. */
  public Optional<String> passkeysUnavailableReason() {
    return passkeys.unavailableReason();
  }

  /**
   * Begins the registration of a passkey for the caller: what the browser's script needs to know.
   *
   * @throws FieldsRefused if the password is wrong
   * @throws SetupConflict if there can be none
   */
  public Map<String, Object> beginPasskey(
      Caller caller,
      @Nullable String password,
      HttpServletRequest request,
      HttpServletResponse response) {
    Person person = withPassword(caller, password);
    try {
      return passkeys.beginRegistration(person, request, response);
    } catch (PasskeyRefused e) {
      throw new SetupConflict(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Registers a passkey of the caller. The other sessions of the caller end.
   *
   * @param name by which the caller knows it
   * @return recovery codes, which are not shown again; empty: the caller has some already
   * @throws FieldsRefused if the name cannot be used
   * @throws SetupConflict if the passkey cannot be used, or the session has ended
   */
  public List<String> registerPasskey(
      Caller caller,
      String name,
      PasskeyAnswer.Registration answer,
      ConsoleSession session,
      HttpServletRequest request,
      HttpServletResponse response) {
    UUID id = own(caller).id();
    if (!isOffered(caller)) {
      throw new SetupConflict("your login has no second factor here");
    }
    FieldChecks checks = new FieldChecks();
    String line = checks.line("name", name, MAX_NAME);
    checks.done();
    try {
      return Objects.requireNonNull(
          transactions.execute(
              status -> {
                Person person = locked(id);
                List<String> codes =
                    passkeys.register(
                        person, answer, Objects.requireNonNull(line), request, response);
                recordFactor(session, SessionFactor.PASSKEY);
                sessions.endAll(person, session.id());
                return codes;
              }));
    } catch (PasskeyRefused e) {
      throw new SetupConflict(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Removes a passkey of the caller. The other sessions of the caller end. Where a second factor is
   * required and none is left, all end: the next login sets one up.
   *
   * @throws FieldsRefused if the password is wrong
   * @throws ResourceNotFound if the caller has no passkey of that id
   */
  public void removePasskey(
      Caller caller, @Nullable String password, UUID id, ConsoleSession session) {
    Person person = withPassword(caller, password);
    transactions.executeWithoutResult(
        status -> {
          if (!passkeys.remove(person.id(), id)) {
            throw new ResourceNotFound("passkey");
          }
          endOthers(person.id(), session);
        });
  }

  /** Ends the other sessions, and also this one if it lacks a factor that is required. */
  private void endOthers(UUID id, ConsoleSession session) {
    Person person = locked(id);
    boolean lacking = isRequired() && person.credentials().secondFactor() == null;
    sessions.endAll(person, lacking ? null : session.id());
  }

  /**
   * Removes every second factor of a person who has lost it; all sessions of the person end.
   *
   * @throws SetupConflict if it is the caller, or the person may do more than the caller
   * @throws ResourceNotFound if the caller sees no person of that id
   */
  public void reset(Caller caller, UUID id) {
    transactions.executeWithoutResult(
        status -> {
          persons.lockedOther(caller, id);
          factors
              .reset(caller.organization(), id)
              .orElseThrow(() -> new ResourceNotFound("person"));
        });
  }

  private Person withPassword(Caller caller, @Nullable String password) {
    Person person = own(caller);
    if (!isOffered(caller)) {
      throw new SetupConflict("your login has no second factor here");
    }
    persons.checkCurrentPassword(person, password);
    return person;
  }

  private Person own(Caller caller) {
    return persons
        .own(caller)
        .orElseThrow(
            () -> new SetupConflict("this login is from the settings: it has no second factor"));
  }

  private static String begunIn(ConsoleSession session) {
    return "session " + session.id();
  }
}
