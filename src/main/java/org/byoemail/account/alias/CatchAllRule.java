package org.byoemail.account.alias;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;

/**
 * Gives mail of a catch-all domain to an agent, by the part before the @.
 *
 * @param literal that part, or what it begins with; in the form that addresses are compared in
 * @param prefix whether it is only the beginning, which may be empty
 * @param endpoint of the agent, for that mail
 */
public record CatchAllRule(String literal, boolean prefix, AgentId agent, UUID endpoint) {

  /** What names a rule. */
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
      // What a prefix begins may end with a dot.
      String completed = prefix ? literal + "x" : literal;
      String local = EmailAddress.parse(completed + "@" + domain).localPart();
      if (local.startsWith("\"")) {
        throw new IllegalArgumentException("must not begin with a dot or have two in a row");
      }
      return new Pattern(prefix ? local.substring(0, local.length() - 1) : local, prefix);
    }

    /** As it was read. */
    @Override
    public String toString() {
      return prefix ? literal + "*" : literal;
    }
  }

  /** What names it. */
  public Pattern pattern() {
    return new Pattern(literal, prefix);
  }

  /** A whole part before the @ stands for its tags too. */
  boolean matches(String local) {
    return prefix
        ? local.startsWith(literal)
        : local.equals(literal) || local.startsWith(literal + "+");
  }

  /** The rule that says most of an address: the longest, and of two such the one without a *. */
  static Optional<CatchAllRule> of(Collection<CatchAllRule> rules, String local) {
    return rules.stream()
        .filter(rule -> rule.matches(local))
        .max(
            Comparator.comparingInt((CatchAllRule rule) -> rule.literal().length())
                .thenComparing(rule -> !rule.prefix()));
  }
}
