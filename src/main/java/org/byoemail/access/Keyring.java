package org.byoemail.access;

import java.security.MessageDigest;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Tells whose key it is. Nothing that is compared tells by its time how much of it was right. Safe
 * for use by many threads.
 */
@Component
class Keyring {
  private final ApiKeys keys;
  private final byte[] adminKey;

  Keyring(ApiKeys keys, ApiSettings settings) {
    this.keys = keys;
    this.adminKey = ApiKeys.sha256(settings.adminKey());
  }

  /** Whether it is the key of the settings. */
  boolean isAdminKey(String key) {
    return MessageDigest.isEqual(adminKey, ApiKeys.sha256(key));
  }

  /** Who has that key; empty where nobody has. */
  Optional<Caller> caller(String key) {
    return isAdminKey(key)
        ? Optional.of(new Caller("byo.api.admin-key", Role.ADMIN, null))
        : keys.find(key).map(found -> new Caller(found.name(), found.role(), found.organization()));
  }
}
