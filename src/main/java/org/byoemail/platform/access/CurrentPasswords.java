package org.byoemail.platform.access;

import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Checks the current password of a person who is logged in and changes something that needs it.
 * Wrong ones count as failed logins, so that an open session is of no use for guessing. Safe for
 * use by many threads.
 */
@Component
public class CurrentPasswords {
  private static final Logger log = LoggerFactory.getLogger(CurrentPasswords.class);

  private final People people;
  private final FailedLogins failures;

  CurrentPasswords(People people, FailedLogins failures) {
    this.people = people;
    this.failures = failures;
  }

  /** The result of a check. */
  public enum Outcome {
    RIGHT,
    WRONG,
    /** There were too many wrong ones: it was not compared. */
    BLOCKED
  }

  /** Checks a password. Wrong ones are counted over all sessions of the person. */
  public Outcome check(UUID person, String password) {
    String client = "person " + person;
    if (failures.isBlocked(FailedLogins.CONSOLE, client)) {
      return Outcome.BLOCKED;
    }
    if (people.hasPassword(person, password)) {
      return Outcome.RIGHT;
    }
    failures.failed(FailedLogins.CONSOLE, client);
    log.info("a wrong current password was entered by the person {}", person);
    return Outcome.WRONG;
  }
}
