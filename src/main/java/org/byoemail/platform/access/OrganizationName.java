package org.byoemail.platform.access;

import org.jspecify.annotations.Nullable;

/** The rule for the names of organizations, wherever one is given. */
public final class OrganizationName {
  /** The longest name, in characters. */
  public static final int MAX_LENGTH = 100;

  private OrganizationName() {}

  /** What is wrong with a name; null: nothing. */
  public static @Nullable String fault(String name) {
    if (name.isBlank()) {
      return "must not be empty: leave it out, or name an organization";
    }
    boolean isLine =
        name.length() <= MAX_LENGTH && name.codePoints().noneMatch(OrganizationName::isRefused);
    return isLine && name.equals(name.strip())
        ? null
        : "must be a line of 1 to " + MAX_LENGTH + " characters, without spaces around it";
  }

  private static boolean isRefused(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.SURROGATE
        || c == '\u2028'
        || c == '\u2029';
  }
}
