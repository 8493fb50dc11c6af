package org.byoemail.platform.access;

import java.util.function.Supplier;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/**
 * Admits callers whose role includes the required one, and names it to the others. A key with
 * permissions has no role.
 */
record RoleNeeded(Role needed) implements AuthorizationManager<RequestAuthorizationContext> {

  /** The decision, with the required role. */
  static final class Decision extends AuthorizationDecision {
    private final Role needed;

    Decision(boolean granted, Role needed) {
      super(granted);
      this.needed = needed;
    }

    Role needed() {
      return needed;
    }
  }

  @Override
  @SuppressWarnings("deprecation") // The only method that Spring Security 6.5 asks to implement.
  public Decision check(
      Supplier<Authentication> authentication, RequestAuthorizationContext request) {
    Authentication present = authentication.get();
    boolean granted =
        present != null
            && present.getPrincipal() instanceof Caller caller
            && caller.role() != null
            && caller.role().covers(needed);
    return new Decision(granted, needed);
  }
}
