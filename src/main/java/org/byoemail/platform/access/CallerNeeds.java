package org.byoemail.platform.access;

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/**
 * Admits callers that have a permission or a role, and tells the others which one a request needs.
 * A key with permissions has no role.
 */
final class CallerNeeds implements AuthorizationManager<RequestAuthorizationContext> {
  private final Predicate<Caller> granted;
  private final Function<@Nullable Caller, String> needed;

  private CallerNeeds(Predicate<Caller> granted, Function<@Nullable Caller, String> needed) {
    this.granted = granted;
    this.needed = needed;
  }

  /** The permission; for a key with a role, the least role that has it. */
  static CallerNeeds permission(Permission permission) {
    return new CallerNeeds(
        caller -> caller.may(permission),
        caller ->
            caller != null && caller.role() == null
                ? "the permission " + permission.word()
                : words(permission.least()));
  }

  /** The role, or one that includes it. */
  static CallerNeeds role(Role role) {
    return new CallerNeeds(
        caller -> caller.role() != null && caller.role().covers(role), caller -> words(role));
  }

  /** The need itself, limited to callers who see every organisation. */
  CallerNeeds overAll() {
    return new CallerNeeds(
        caller -> caller.organization() == null && granted.test(caller),
        caller ->
            caller != null && caller.organization() != null
                ? "access to every organization"
                : needed.apply(caller));
  }

  /** Anybody who has logged in. */
  static CallerNeeds login() {
    return new CallerNeeds(caller -> true, caller -> "a login");
  }

  boolean admits(Caller caller) {
    return granted.test(caller);
  }

  private static String words(Role role) {
    return "the role " + role.word();
  }

  /** The decision, with what is needed. */
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
    return new Decision(caller != null && admits(caller), needed.apply(caller));
  }
}
