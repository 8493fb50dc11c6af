package org.byoemail.operations.setup;

import java.util.Locale;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.account.registry.ContactPolicy.Unproven;

/** What an agent is for: offers the contact policy that fits. It is not stored. */
public enum AgentKind {
  /** Writes to anyone in a person's name, and hears from those that it has written to. */
  ASSISTANT(Mode.KNOWN, Unproven.HOLD),
  /** Answers everyone. */
  SUPPORT(Mode.OPEN, Unproven.HOLD),
  /** Works with systems and colleagues that are named to it. */
  BACK_OFFICE(Mode.LISTED, Unproven.HOLD),
  /** Reads what arrives, and writes to nobody. */
  NEWSLETTERS(Mode.OPEN, Unproven.ADMIT),
  /** Writes to many, and hears from those that answer. */
  OUTREACH(Mode.KNOWN, Unproven.HOLD);

  private final Mode inbound;
  private final Unproven unproven;

  AgentKind(Mode inbound, Unproven unproven) {
    this.inbound = inbound;
    this.unproven = unproven;
  }

  /** Who may write to it. */
  public Mode inbound() {
    return inbound;
  }

  /** What becomes of mail of a contact whose sender is not proven. */
  public Unproven unproven() {
    return unproven;
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
