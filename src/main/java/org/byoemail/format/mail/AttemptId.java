package org.byoemail.format.mail;

import java.util.Optional;
import java.util.UUID;

/** The id of one attempt to send a message. */
public record AttemptId(UUID value) {

  /** A new id. */
  public static AttemptId next() {
    return new AttemptId(Ids.next());
  }

  /** Reads the text form; empty for any other text, such as the id that another program gave. */
  public static Optional<AttemptId> find(String text) {
    try {
      return Optional.of(new AttemptId(UUID.fromString(text.strip())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
