package org.byoemail.support;

import java.util.List;

/** Signals to processes that the tests have started. */
final class Signals {
  private Signals() {}

  /**
   * Sends one.
   *
   * @param name without SIG
   */
  static void send(String name, long pid) {
    Command.run(List.of("kill", "-" + name, String.valueOf(pid)));
  }
}
