package org.byoemail.format.mail;

import org.jspecify.annotations.Nullable;

/**
 * The id of an organization: the name that it was given. A nullable one says in its place what null
 * means: all organizations, or none.
 *
 * <p>Any text is accepted, since a stored name may be older than the rule; {@link #parse} is for
 * names that are given.
 */
public record OrganizationId(String value) implements Comparable<OrganizationId> {
  /** The longest name, in characters. */
  public static final int MAX_LENGTH = 100;

  /**
   * The owner of what belongs to the operator instead of an organization, such as an OAuth client
   * for all: empty text in tables and paths, and no valid name.
   */
  public static final OrganizationId OPERATOR = new OrganizationId("");

  public OrganizationId {
    if (value == null) {
      throw new IllegalArgumentException("an organization has a name");
    }
  }

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static OrganizationId parse(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          "must not be empty: leave it out, or name an organization");
    }
    boolean isLine =
        text.length() <= MAX_LENGTH && text.codePoints().noneMatch(OrganizationId::isRefused);
    if (!isLine || !text.equals(text.strip())) {
      throw new IllegalArgumentException(
          "must be a line of 1 to " + MAX_LENGTH + " characters, without spaces around it");
    }
    return new OrganizationId(text);
  }

  private static boolean isRefused(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.SURROGATE
        || c == '\u2028'
        || c == '\u2029';
  }

  /** An id that may be absent. */
  public static @Nullable OrganizationId ofNullable(@Nullable String value) {
    return value == null ? null : new OrganizationId(value);
  }

  /** The value of an id that may be absent. */
  public static @Nullable String valueOrNull(@Nullable OrganizationId id) {
    return id == null ? null : id.value;
  }

  /** Whether it is {@link #OPERATOR}. */
  public boolean isOperator() {
    return value.isEmpty();
  }

  @Override
  public int compareTo(OrganizationId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
