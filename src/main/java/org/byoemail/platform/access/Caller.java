package org.byoemail.platform.access;

import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request.
 *
 * @param name of the key or the console's user; no secret
 * @param organization the only organisation it can access; null: all
 */
public record Caller(String name, Role role, @Nullable String organization) implements Principal {

  /** Whether this caller can access that organisation. */
  public boolean sees(String owner) {
    return organization == null || organization.equals(owner);
  }

  @Override
  public String getName() {
    return name;
  }
}
