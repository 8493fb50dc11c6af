package org.byoemail.account.rollout;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.byoemail.account.rollout.RolloutSettings.Side;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;

/**
 * The rules of settings or of a flag file. In this order: not enabled, denied, allowed, percentage.
 * Immutable.
 *
 * @param enabled null: true
 */
record RolloutRules(
    @Nullable Boolean enabled,
    @Nullable Double percentage,
    @Nullable List<String> allow,
    @Nullable List<String> deny,
    @Nullable Side sending,
    @Nullable Side receiving) {
  private static final int BUCKETS = 10_000;
  private static final int MAX_ENTRIES = 1_000;
  private static final Set<String> KINDS = Set.of("organization", "agent", "account", "address");

  RolloutRules {
    check("", percentage, allow, deny);
    check("sending.", sending);
    check("receiving.", receiving);
  }

  private static void check(String where, @Nullable Side side) {
    if (side != null) {
      check(where, side.percentage(), side.allow(), side.deny());
    }
  }

  private static void check(
      String where,
      @Nullable Double percentage,
      @Nullable List<String> allow,
      @Nullable List<String> deny) {
    // Written so that NaN is refused.
    if (percentage != null && !(percentage >= 0 && percentage <= 100)) {
      throw new IllegalArgumentException(where + "percentage must be between 0 and 100");
    }
    checkEntries(where + "allow", allow);
    checkEntries(where + "deny", deny);
  }

  private static void checkEntries(String where, @Nullable List<String> entries) {
    if (entries == null) {
      return;
    }
    if (entries.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(where + " must have at most " + MAX_ENTRIES + " entries");
    }
    for (String entry : entries) {
      int colon = entry.indexOf(':');
      if (colon < 0 || colon == entry.length() - 1 || !KINDS.contains(entry.substring(0, colon))) {
        throw new IllegalArgumentException(
            where
                + " must have entries such as organization:NAME, agent:ID, account:ID or"
                + " address:ADDRESS");
      }
    }
  }

  /** Decides for one side of an account. */
  RolloutDecision decide(RolloutTarget target, RolloutSide side) {
    Side own = side == RolloutSide.SENDING ? sending : receiving;
    Boolean use = own != null && own.enabled() != null ? own.enabled() : enabled;
    if (Boolean.FALSE.equals(use)) {
      return new RolloutDecision(false, "not enabled");
    }
    List<String> denied = own != null && own.deny() != null ? own.deny() : deny;
    Optional<String> refused = match(denied, target);
    if (refused.isPresent()) {
      return new RolloutDecision(false, "deny has " + refused.get());
    }
    List<String> allowed = own != null && own.allow() != null ? own.allow() : allow;
    Optional<String> wanted = match(allowed, target);
    if (wanted.isPresent()) {
      return new RolloutDecision(true, "allow has " + wanted.get());
    }
    Double share = own != null && own.percentage() != null ? own.percentage() : percentage;
    if (share != null) {
      boolean on = bucket(target) < share / 100 * BUCKETS;
      return new RolloutDecision(on, (on ? "among the " : "not among the ") + percent(share));
    }
    return allowed == null || allowed.isEmpty()
        ? new RolloutDecision(true, "enabled")
        : new RolloutDecision(false, "allow does not have it");
  }

  private static Optional<String> match(@Nullable List<String> entries, RolloutTarget target) {
    return entries == null
        ? Optional.empty()
        : entries.stream().filter(entry -> matches(entry, target)).findFirst();
  }

  private static boolean matches(String entry, RolloutTarget target) {
    int colon = entry.indexOf(':');
    String value = entry.substring(colon + 1);
    return switch (entry.substring(0, colon)) {
      case "organization" -> value.equals(target.organization().value());
      case "agent" -> value.equalsIgnoreCase(target.agent().toString());
      case "account" -> value.equalsIgnoreCase(target.account().toString());
      default -> value.equalsIgnoreCase(target.address());
    };
  }

  /** The place of an account among 10,000: the same at each evaluation, and for both sides. */
  private static int bucket(RolloutTarget target) {
    byte[] hash = Tokens.sha256(target.account().toString());
    int number =
        (hash[0] & 0xff) << 24 | (hash[1] & 0xff) << 16 | (hash[2] & 0xff) << 8 | hash[3] & 0xff;
    return Integer.remainderUnsigned(number, BUCKETS);
  }

  private static String percent(double share) {
    return share == Math.rint(share)
        ? String.format(Locale.ROOT, "%d %%", (int) share)
        : share + " %";
  }
}
