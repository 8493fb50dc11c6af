package org.byoemail.account.connection;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a connection test.
 *
 * @param steps in order, up to the first failure
 * @param hint what the operator can do; null if unknown, or if the test passed
 */
public record ConnectionTest(boolean ok, List<Step> steps, @Nullable String hint) {
  /**
   * One step.
   *
   * @param name host, token or password, connect, tls, greeting, ehlo, auth, login, select, noop
   * @param detail the server's reply, or the finding
   */
  public record Step(String name, boolean ok, String detail) {}
}
