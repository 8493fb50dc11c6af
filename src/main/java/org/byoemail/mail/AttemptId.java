package org.byoemail.mail;

import java.util.UUID;

/** The id of one try to send a message. */
public record AttemptId(UUID value) {

  /** A new id. */
  public static AttemptId next() {
    return new AttemptId(Ids.next());
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is no UUID
   */
  public static AttemptId parse(String text) {
    return new AttemptId(UUID.fromString(text.strip()));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
