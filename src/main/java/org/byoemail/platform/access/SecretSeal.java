package org.byoemail.platform.access;

import java.util.UUID;

/** Seals secrets with the keyset of the settings, bound to their row and field. Thread-safe. */
public interface SecretSeal {
  /** Seals a secret. */
  byte[] seal(UUID owner, String field, String secret);

  /**
   * Opens a sealed secret.
   *
   * @throws IllegalStateException if no key opens it: an internal failure
   */
  String open(UUID owner, String field, byte[] sealed);
}
