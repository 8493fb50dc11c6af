package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server run by a script of {@code src/test/servers}, in a new temporary directory. A second
 * process, the guard, stops the server and deletes the directory as soon as this JVM closes the
 * guard's input, which the system does for a JVM that was killed.
 */
final class Daemon implements AutoCloseable {
  private final String script;
  private final Path directory;
  private final Process guard;
  private boolean running;

  private Daemon(String script, Path directory, Process guard) {
    this.script = script;
    this.directory = directory;
    this.guard = guard;
  }

  /** Writes the server's configuration; it is not started yet. */
  static Daemon prepare(String name, Map<String, String> settings) {
    String script = name + ".sh";
    try {
      Path directory = Files.createTempDirectory("byo-" + name);
      Process guard =
          new ProcessBuilder(Command.script(script, "guard", directory))
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start();
      Command.run(Command.script(script, "prepare", directory), settings);
      return new Daemon(script, directory, guard);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path directory() {
    return directory;
  }

  synchronized void start() {
    if (!running) {
      Command.run(Command.script(script, "start", directory));
      running = true;
    }
  }

  synchronized void stop() {
    if (running) {
      Command.run(Command.script(script, "stop", directory));
      running = false;
    }
  }

  @Override
  public synchronized void close() throws IOException, InterruptedException {
    running = false;
    guard.getOutputStream().close();
    if (!guard.waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException(script + " could not be stopped, see " + directory);
    }
  }
}
