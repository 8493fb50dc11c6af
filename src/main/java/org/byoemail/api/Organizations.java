package org.byoemail.api;

import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;

/** Which organisation a request is about. */
final class Organizations {
  private Organizations() {}

  /**
   * The one that is asked for, or else the caller's; null where neither is bound to one.
   *
   * @throws OrganizationForbidden where the caller is of another one
   */
  static @Nullable String of(Caller caller, @Nullable String asked) {
    if (asked != null && !caller.sees(asked)) {
      throw new OrganizationForbidden(caller.organization());
    }
    return asked == null ? caller.organization() : asked;
  }
}
