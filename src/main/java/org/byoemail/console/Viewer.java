package org.byoemail.console;

import java.util.Optional;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** The logged-in person who looks at a page, and the organisation whose data that person sees. */
final class Viewer {
  private Viewer() {}

  /** Empty on pages without a login. */
  static Optional<Caller> find() {
    Authentication who = SecurityContextHolder.getContext().getAuthentication();
    return Optional.ofNullable(who)
        .map(Authentication::getPrincipal)
        .filter(Caller.class::isInstance)
        .map(Caller.class::cast);
  }

  /**
   * The person.
   *
   * @throws IllegalStateException if nobody has logged in
   */
  static Caller caller() {
    return find().orElseThrow(() -> new IllegalStateException("a page without a login"));
  }

  /** The only organisation whose data is shown; null: all. */
  static @Nullable OrganizationId organization() {
    return caller().organization();
  }

  /** Whether data of that organisation is shown. */
  static boolean sees(OrganizationId organization) {
    return caller().sees(organization);
  }

  /** Whether somebody has logged in who sees every organisation. */
  static boolean seesAll() {
    return find().filter(caller -> caller.organization() == null).isPresent();
  }
}
