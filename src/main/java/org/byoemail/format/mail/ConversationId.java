package org.byoemail.format.mail;

import java.util.UUID;

/** The id of a conversation. */
public record ConversationId(UUID value) {

  /** A new id. */
  public static ConversationId next() {
    return new ConversationId(Ids.next());
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is no UUID
   */
  public static ConversationId parse(String text) {
    return new ConversationId(UUID.fromString(text.strip()));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
