package org.byoemail.outbound.provenance;

import java.util.Locale;

/** Where a recipient's address comes from, the most trustworthy first. */
public enum Origin {
  /** It wrote an authentic mail of this conversation. */
  PARTICIPANT(true, "wrote an authentic mail of this conversation"),
  /** It, or its domain, is among the agent's contacts. */
  CONTACT(true, "is a contact of the agent"),
  /** An earlier mail of the agent to it was accepted by a server. */
  CORRESPONDENT(true, "was written to by the agent before"),
  /**
   * To or Cc of an authentic mail of this conversation has it, or Reply-To of a pinned form sender.
   */
  INTRODUCED(true, "was introduced by an authentic mail of this conversation"),
  /** A mail to the agent has it in its text, its Reply-To, or a field that nothing proves. */
  NAMED(false, "is only named by a mail, and nobody vouched for it"),
  /** None of these. */
  UNKNOWN(false, "is known from no mail and no contact");

  private final boolean vouched;
  private final String explanation;

  Origin(boolean vouched, String explanation) {
    this.vouched = vouched;
    this.explanation = explanation;
  }

  /** Whether somebody whose identity is proven, or a person, vouches for the address. */
  public boolean isVouched() {
    return vouched;
  }

  /** The word of the contract. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it says of an address, as the end of a sentence that begins with it. */
  public String explanation() {
    return explanation;
  }
}
