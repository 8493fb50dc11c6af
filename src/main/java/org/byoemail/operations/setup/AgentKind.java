package org.byoemail.operations.setup;

import java.util.Locale;
import org.byoemail.account.registry.ContactPolicy.Mode;

/** What an agent is for: offers the contact policy that fits. It is not stored. */
public enum AgentKind {
  /** Writes to anyone in a person's name, and hears from those that it has written to. */
  ASSISTANT(Mode.KNOWN),
  /** Answers everyone. */
  SUPPORT(Mode.OPEN),
  /** Works with systems and colleagues that are named to it. */
  BACK_OFFICE(Mode.LISTED),
  /** Reads what arrives, and writes to nobody. */
  NEWSLETTERS(Mode.OPEN),
  /** Writes to many, and hears from those that answer. */
  OUTREACH(Mode.KNOWN);

  private final Mode inbound;

  AgentKind(Mode inbound) {
    this.inbound = inbound;
  }

  /** Who may write to it. */
  public Mode inbound() {
    return inbound;
  }

  /** The word of the contract. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads the word.
   *
   * @throws IllegalArgumentException naming the words there are
   */
  public static AgentKind of(String word) {
    for (AgentKind kind : values()) {
      if (kind.word().equals(word.strip().toLowerCase(Locale.ROOT))) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "must be one of assistant, support, back-office, newsletters, outreach");
  }
}
