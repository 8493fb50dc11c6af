package org.byoemail.platform.access;

import org.jspecify.annotations.Nullable;

/**
 * Published in the transaction that creates, rotates or deletes a key.
 *
 * @param reason why it was deleted although nobody requested it; null: somebody did
 */
public record ApiKeyChanged(Change change, ApiKey key, @Nullable String reason) {

  ApiKeyChanged(Change change, ApiKey key) {
    this(change, key, null);
  }

  /** What was done with the key. */
  public enum Change {
    CREATED,
    ROTATED,
    DELETED
  }
}
