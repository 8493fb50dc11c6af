package org.byoemail.platform.access;

import java.security.Principal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request.
 *
 * @param name of the key or the console's user; no secret
 * @param organization the only organisation it can access; null: all
 * @param key id of the API key; null: a user, or the admin key of the settings
 */
public record Caller(
    String name, Role role, @Nullable String organization, Kind kind, @Nullable UUID key)
    implements Principal {

  /** How it was authenticated. */
  public enum Kind {
    /** By the login of the console. */
    USER,
    /** By a bearer key. */
    KEY
  }

  static Caller user(String name) {
    return new Caller(name, Role.ADMIN, null, Kind.USER, null);
  }

  static Caller key(ApiKey key) {
    return new Caller(key.name(), key.role(), key.organization(), Kind.KEY, key.id());
  }

  static Caller adminKey() {
    return new Caller("byo.api.admin-key", Role.ADMIN, null, Kind.KEY, null);
  }

  /** Whether this caller can access that organisation. */
  public boolean sees(String owner) {
    return organization == null || organization.equals(owner);
  }

  @Override
  public String getName() {
    return name;
  }
}
