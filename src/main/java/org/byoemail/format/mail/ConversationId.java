package org.byoemail.format.mail;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

  /** An id that may be absent. */
  public static @Nullable ConversationId ofNullable(@Nullable UUID value) {
    return value == null ? null : new ConversationId(value);
  }

  /** The value of an id that may be absent. */
  public static @Nullable UUID valueOrNull(@Nullable ConversationId id) {
    return id == null ? null : id.value;
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
