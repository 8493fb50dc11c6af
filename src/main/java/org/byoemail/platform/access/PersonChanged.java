package org.byoemail.platform.access;

import java.util.List;
import java.util.Locale;

/**
 * Published in the transaction that changes a person.
 *
 * @param fields the names of the changed fields; empty if the action says it all
 */
public record PersonChanged(Change change, Person person, List<String> fields) {

  /** A copy of the names is kept. */
  public PersonChanged {
    fields = List.copyOf(fields);
  }

  PersonChanged(Change change, Person person) {
    this(change, person, List.of());
  }

  /** What was done with the person. */
  public enum Change {
    CREATED,
    INVITED,
    CHANGED,
    DISABLED,
    ENABLED,
    PASSWORD_SET,
    SESSIONS_ENDED,
    SECOND_FACTOR_ADDED,
    SECOND_FACTOR_REMOVED,
    SECOND_FACTOR_RESET,
    /** Too many wrong codes, with the right password. */
    SECOND_FACTOR_BLOCKED,
    RECOVERY_CODE_USED,
    RECOVERY_CODES_REPLACED,
    DELETED;

    /** The word of the audit log. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
