package org.byoemail.format.mail;

import java.util.UUID;

/** The id of an endpoint: an address on the channel {@code email}. */
public record EndpointId(UUID value) {

  /** A new id. */
  public static EndpointId next() {
    return new EndpointId(Ids.next());
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is no UUID
   */
  public static EndpointId parse(String text) {
    return new EndpointId(UUID.fromString(text.strip()));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
