package org.byoemail.embedded;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user of the broker that submits.
 *
 * @param organization the only one that it may send for and whose events it reads; null: all
 */
record BrokerUser(String name, String password, @Nullable String organization) {
  /** What stands for every organisation. */
  static final String EVERY = "*";

  private static final String PLATFORM = "platform";
  // Names become parts of addresses, where a dot or a wildcard would mean other addresses.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  BrokerUser {
    if (!NAME.matcher(name).matches()) {
      throw new CannotStart(
          "The name of a broker user in byo.broker.users is not 1 to 64 letters, digits, - or _.",
          "Correct byo.broker.users.");
    }
    if (name.equals(BrokerUsers.GATEWAY) || name.equals(PLATFORM)) {
      throw new CannotStart(
          "The broker user " + name + " in byo.broker.users has the name of something else.",
          "Give it another name.");
    }
    if (password.isBlank()) {
      throw new CannotStart(
          "The broker user " + name + " has no password.",
          "Set byo.broker.users." + name + " to its password.");
    }
  }

  /** Where it reads its events; its organisation's alone where it has one. */
  String events() {
    return organization == null ? BrokerAddresses.EVENTS : BrokerAddresses.EVENTS + "." + name;
  }

  /** Where it reads what was rejected; its own alone where it has an organisation. */
  String rejected() {
    return organization == null ? BrokerAddresses.REJECTED : BrokerAddresses.REJECTED + "." + name;
  }

  @Override
  public String toString() {
    return "BrokerUser[" + name + ", " + (organization == null ? EVERY : organization) + "]";
  }
}
