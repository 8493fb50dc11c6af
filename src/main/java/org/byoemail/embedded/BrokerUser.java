package org.byoemail.embedded;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user of the broker that submits.
 *
 * @param organization the only one that it may send for and whose events it reads; null: all
 */
record BrokerUser(String name, String password, @Nullable String organization) {
  /** The wildcard for every organisation. */
  static final String EVERY = "*";

  private static final String PLATFORM = "platform";
  private static final String REJECTED = "rejected";
  // Names become parts of addresses, where a dot or a wildcard would mean other addresses.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  BrokerUser {
    if (!NAME.matcher(name).matches()) {
      throw new EmbeddedPartFailed(
          "The name of a broker user in byo.broker.users is not 1 to 64 letters, digits, - or _.",
          "Correct byo.broker.users.");
    }
    if (name.equals(BrokerUsers.GATEWAY) || name.equals(PLATFORM) || name.equals(REJECTED)) {
      throw new EmbeddedPartFailed(
          "The broker user " + name + " in byo.broker.users has the name of something else.",
          "Give it another name.");
    }
    if (password.isBlank()) {
      throw new EmbeddedPartFailed(
          "The broker user " + name + " has no password.",
          "Set byo.broker.users." + name + " to its password.");
    }
  }

  /** The queue that it submits to: one that proves its name if it has an organisation. */
  String submissions() {
    return organization == null ? BrokerAddresses.OUTBOUND : BrokerAddresses.OUTBOUND + "." + name;
  }

  /** The queue it reads its events from: only its organisation's if it has one. */
  String events() {
    return organization == null ? BrokerAddresses.EVENTS : BrokerAddresses.EVENTS + "." + name;
  }

  /** The queue it reads rejections from: only its own if it has an organisation. */
  String rejected() {
    return organization == null ? BrokerAddresses.REJECTED : BrokerAddresses.REJECTED + "." + name;
  }

  @Override
  public String toString() {
    return "BrokerUser[" + name + ", " + (organization == null ? EVERY : organization) + "]";
  }
}
