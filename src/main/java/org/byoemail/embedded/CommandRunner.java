package org.byoemail.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program to its end. Its output goes to a file, never to a pipe: a server that it starts
 * would keep the pipe open.
 */
final class CommandRunner {
  static final ProcessBuilder.Redirect NO_INPUT =
      ProcessBuilder.Redirect.from(new File("/dev/null"));

  private final Path log;
  private final Duration timeout;
  private final List<String> prefix;

  /**
   * @param log takes what the programs print
   * @param timeout after which a program is killed
   * @param prefix goes before each command
   */
  CommandRunner(Path log, Duration timeout, List<String> prefix) {
    this.log = log;
    this.timeout = timeout;
    this.prefix = prefix;
  }

  /** Runs the command; true if its exit status is 0. */
  boolean run(List<String> command, ProcessBuilder.Redirect input) throws IOException {
    List<String> line = new ArrayList<>(prefix);
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectInput(input);
    // The user's own PGPORT or PGOPTIONS mean another server.
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    try {
      if (process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
