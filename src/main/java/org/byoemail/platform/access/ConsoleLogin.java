package org.byoemail.platform.access;

import java.security.MessageDigest;
import org.byoemail.format.mail.Tokens;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/**
 * The one user of the console, an admin of every organisation. An address that failed too often is
 * refused even with the right password, for a while; a browser that was logged in before is counted
 * by itself.
 */
@Component
class ConsoleLogin implements AuthenticationProvider {
  private static final Logger log = LoggerFactory.getLogger(ConsoleLogin.class);

  private static final String DOOR = "console";

  private final FailedLogins failures;
  private final byte[] user;
  private final byte[] password;

  ConsoleLogin(FailedLogins failures, ConsoleSettings settings) {
    this.failures = failures;
    this.user = Tokens.sha256(settings.user());
    this.password = Tokens.sha256(settings.password());
  }

  /**
   * The origin of a login.
   *
   * @param client under which its failures are counted ({@link KnownBrowsers})
   */
  record Attempt(String client, String address) {}

  @Override
  public Authentication authenticate(Authentication given) {
    Attempt attempt =
        given.getDetails() instanceof Attempt details ? details : new Attempt("unknown", "unknown");
    if (failures.isBlocked(DOOR, attempt.client())) {
      throw new LockedException("too many wrong logins came from this address");
    }
    // Both are always compared, so that timing does not reveal which was wrong.
    boolean known = MessageDigest.isEqual(user, Tokens.sha256(given.getName()));
    boolean right =
        MessageDigest.isEqual(password, Tokens.sha256(String.valueOf(given.getCredentials())));
    if (!known || !right) {
      failures.failed(DOOR, attempt.client());
      log.info("a wrong login of the console came from {}", attempt.address());
      throw new BadCredentialsException("wrong name or password");
    }
    KeyAuthentication login = new KeyAuthentication(Caller.user(given.getName()));
    login.setDetails(given.getDetails());
    return login;
  }

  @Override
  public boolean supports(Class<?> type) {
    return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
  }
}
