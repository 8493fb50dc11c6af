package org.byoemail.platform.access;

import java.util.function.Supplier;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/**
 * Admits callers that have a permission. All others get an error that names the permission or, for
 * a key with a role, the role.
 */
record PermissionNeeded(Permission needed)
    implements AuthorizationManager<RequestAuthorizationContext> {

  /** The decision, with what is required. */
  static final class Decision extends AuthorizationDecision {
    private final String needed;

    Decision(boolean granted, String needed) {
      super(granted);
      this.needed = needed;
    }

    String needed() {
      return needed;
    }
  }

  @Override
  @SuppressWarnings("deprecation") // The only method that Spring Security 6.5 asks to implement.
  public Decision check(
      Supplier<Authentication> authentication, RequestAuthorizationContext request) {
    Authentication present = authentication.get();
    Caller caller =
        present != null && present.getPrincipal() instanceof Caller known ? known : null;
    boolean named = caller != null && caller.role() == null;
    return new Decision(
        caller != null && caller.may(needed),
        named ? "the permission " + needed.word() : "the role " + needed.least().word());
  }
}
