package org.byoemail.platform.access;

/** Published in the transaction that creates, rotates or deletes a key. */
public record ApiKeyChanged(Change change, ApiKey key) {

  /** What was done with the key. */
  public enum Change {
    CREATED,
    ROTATED,
    DELETED
  }
}
