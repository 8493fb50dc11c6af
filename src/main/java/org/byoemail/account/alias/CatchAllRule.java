package org.byoemail.account.alias;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;

/**
 * Assigns mail of a catch-all domain to an agent by the local part of its recipient.
 *
 * @param literal the local part or its prefix, normalised for comparison
 * @param prefix whether {@code literal} is a prefix, which may be empty
 * @param endpoint the agent's endpoint for this mail
 */
public record CatchAllRule(String literal, boolean prefix, AgentId agent, EndpointId endpoint) {

  /** The pattern of a rule. */
  public record Pattern(String literal, boolean prefix) {
    /**
     * Reads {@code support}, {@code support+billing}, {@code support+*}, {@code sales-*} or {@code
     * *}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static Pattern parse(String text, String domain) {
      String trimmed = text.strip();
      boolean prefix = trimmed.endsWith("*");
      String literal = prefix ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
      if (literal.contains("*") || literal.contains("@") || literal.contains("\"")) {
        throw new IllegalArgumentException(
            "must be the part before the @, such as support, or its beginning, such as sales-*");
      }
      // A prefix may end with a dot.
      String completed = prefix ? literal + "x" : literal;
      String local = EmailAddress.parse(completed + "@" + domain).localPart();
      if (local.startsWith("\"")) {
        throw new IllegalArgumentException("must not begin with a dot or have two in a row");
      }
      return new Pattern(prefix ? local.substring(0, local.length() - 1) : local, prefix);
    }

    /** The pattern as it was written. */
    @Override
    public String toString() {
      return prefix ? literal + "*" : literal;
    }
  }

  /** The key by which rules are compared. */
  public Pattern pattern() {
    return new Pattern(literal, prefix);
  }

  /** A pattern without * also matches the local part with a tag. */
  boolean matches(String local) {
    return prefix
        ? local.startsWith(literal)
        : local.equals(literal) || local.startsWith(literal + "+");
  }

  /**
   * The most specific rule for an address: the longest pattern, and one without a * before one with
   * it.
   */
  static Optional<CatchAllRule> of(Collection<CatchAllRule> rules, String local) {
    return rules.stream()
        .filter(rule -> rule.matches(local))
        .max(
            Comparator.comparingInt((CatchAllRule rule) -> rule.literal().length())
                .thenComparing(rule -> !rule.prefix()));
  }
}
