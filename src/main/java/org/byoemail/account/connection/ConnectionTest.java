package org.byoemail.account.connection;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a connection test, to be shown.
 *
 * @param steps in order, up to the first that failed
 * @param hint what to do; null where all is well or nobody knows
 */
public record ConnectionTest(boolean ok, List<Step> steps, @Nullable String hint) {
  /**
   * One step.
   *
   * @param name connect, tls, ehlo, auth, login, select, noop
   * @param detail the server's words, or what was found
   */
  public record Step(String name, boolean ok, String detail) {}
}
