package org.byoemail.embedded;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the signals that {@link ProcessHandle} cannot. */
final class ProcessSignals {
  private static final Logger log = LoggerFactory.getLogger(ProcessSignals.class);
  private static final int SECONDS = 5;

  private ProcessSignals() {}

  /** Sends a signal, by its name without SIG. A process that has ended is not an error. */
  static void send(String signal, ProcessHandle process) {
    try {
      // The shell's own kill: the program of this name is missing in small images.
      new ProcessBuilder(
              "sh", "-c", "kill -s \"$0\" \"$1\" 2>/dev/null", signal, "" + process.pid())
          .inheritIO()
          .start()
          .waitFor(SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      log.warn("Cannot signal process {}: terminating it", process.pid(), e);
      process.destroy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
