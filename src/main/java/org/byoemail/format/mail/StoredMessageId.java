package org.byoemail.format.mail;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The id of a stored message, inbound or outbound; {@link MessageId} is the one that mails name.
 */
public record StoredMessageId(UUID value) {

  /** A new id. */
  public static StoredMessageId next() {
    return new StoredMessageId(Ids.next());
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is no UUID
   */
  public static StoredMessageId parse(String text) {
    return new StoredMessageId(UUID.fromString(text.strip()));
  }

  /** The value of an id that may be absent. */
  public static @Nullable UUID valueOrNull(@Nullable StoredMessageId id) {
    return id == null ? null : id.value;
  }

  /** An id that may be absent. */
  public static @Nullable StoredMessageId ofNullable(@Nullable UUID value) {
    return value == null ? null : new StoredMessageId(value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
