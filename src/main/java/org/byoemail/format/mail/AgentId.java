package org.byoemail.format.mail;

import java.util.UUID;

/** The id of an agent: the owner of endpoints and conversations. */
public record AgentId(UUID value) {

  /** A new id. */
  public static AgentId next() {
    return new AgentId(Ids.next());
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is no UUID
   */
  public static AgentId parse(String text) {
    return new AgentId(UUID.fromString(text.strip()));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
