package org.byoemail.platform.access;

import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AccountStatusException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/**
 * Logs in to the console: people, and the login of the settings. An address that failed too often
 * is refused even with the right password, for a while; a browser that was logged in before is
 * counted separately. People who need a second factor are not logged in here ({@link
 * SecondFactorLogin}).
 */
@Component
class ConsoleLogin implements AuthenticationProvider {
  private static final Logger log = LoggerFactory.getLogger(ConsoleLogin.class);

  private static final int MAX_NAME = 320;

  private final FailedLogins failures;
  private final SettingsLogin settings;
  private final People people;
  private final Passwords passwords;
  private final SecondFactors factors;

  ConsoleLogin(
      FailedLogins failures,
      SettingsLogin settings,
      People people,
      Passwords passwords,
      SecondFactors factors) {
    this.failures = failures;
    this.settings = settings;
    this.people = people;
    this.passwords = passwords;
    this.factors = factors;
  }

  /**
   * The origin of a login.
   *
   * @param client under which its failures are counted ({@link KnownBrowsers})
   * @param byForm whether it is the form of the console, which people use; scripts use only the
   *     login of the settings
   */
  record Attempt(String client, String address, boolean byForm) {}

  /** The password is right, and not enough. */
  static final class SecondFactorNeeded extends AccountStatusException {
    private static final long serialVersionUID = 1;

    private final transient Person person;

    SecondFactorNeeded(Person person) {
      super("a second factor is needed");
      this.person = person;
    }

    Person person() {
      return person;
    }
  }

  @Override
  public Authentication authenticate(Authentication given) {
    Attempt attempt =
        given.getDetails() instanceof Attempt details
            ? details
            : new Attempt("unknown", "unknown", false);
    if (failures.isBlocked(FailedLogins.CONSOLE, attempt.client())) {
      throw new LockedException("too many wrong logins came from this address");
    }
    String name = given.getName();
    String password = String.valueOf(given.getCredentials());
    Optional<KeyAuthentication> known =
        settings.matches(name, password)
            ? Optional.of(new KeyAuthentication(settings.caller()))
            : attempt.byForm() ? person(name, password) : Optional.empty();
    if (known.isEmpty()) {
      failures.failed(FailedLogins.CONSOLE, attempt.client());
      log.info("a wrong login of the console came from {}", attempt.address());
      throw new BadCredentialsException("wrong name or password");
    }
    KeyAuthentication login = known.get();
    login.setDetails(given.getDetails());
    return login;
  }

  // A password is always compared, so that timing does not reveal who is a person.
  private Optional<KeyAuthentication> person(String name, String password) {
    Optional<People.Login> login;
    try {
      login =
          name.length() > MAX_NAME
              ? Optional.empty()
              : people.login(name.strip().toLowerCase(Locale.ROOT));
    } catch (DataAccessException e) {
      log.warn("a person could not be looked up: {}", e.getMessage());
      throw new AuthenticationServiceException("the database is unavailable", e);
    }
    String hash = login.map(People.Login::hash).orElse(null);
    if (!passwords.matches(password, hash) || login.isEmpty()) {
      return Optional.empty();
    }
    Person person = login.get().person();
    if (factors.isNeeded(person)) {
      throw new SecondFactorNeeded(person);
    }
    return Optional.of(KeyAuthentication.of(person));
  }

  @Override
  public boolean supports(Class<?> type) {
    return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
  }
}
