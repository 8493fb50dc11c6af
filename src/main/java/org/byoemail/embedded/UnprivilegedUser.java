package org.byoemail.embedded;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** PostgreSQL refuses to run as root. */
final class UnprivilegedUser {
  private static final List<String> STEP_DOWN = List.of("unshare", "-U");
  private static final int SECONDS = 10;

  private UnprivilegedUser() {}

  /**
   * The prefix of a command that keeps it from running as root; empty for an ordinary user.
   *
   * @throws EmbeddedPartFailed if this process is root and the machine has no user namespaces
   */
  static List<String> stepDown() {
    if (new UnixSystem().getUid() != 0) {
      return List.of();
    }
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux") && works()) {
      return STEP_DOWN;
    }
    throw new EmbeddedPartFailed(
        "PostgreSQL does not run as root, and this machine has no user namespace for it.",
        "Start as an ordinary user, or use a PostgreSQL of your own: SPRING_DATASOURCE_URL.");
  }

  private static boolean works() {
    try {
      Process probe =
          new ProcessBuilder(STEP_DOWN.get(0), STEP_DOWN.get(1), "true").inheritIO().start();
      return probe.waitFor(SECONDS, TimeUnit.SECONDS) && probe.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
