package org.byoemail.platform.access;

import java.util.UUID;

/** A key, or the secret before its last rotation, has expired. */
final class KeyExpired extends RuntimeException {
  private static final long serialVersionUID = 1;

  KeyExpired(UUID key) {
    super("key " + key + " has expired");
  }
}
