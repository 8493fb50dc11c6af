package org.byoemail.support;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that runs to its end, at most three minutes. Its output goes through a file: a daemon
 * that it leaves behind would keep a pipe open for ever.
 */
public final class Command {
  private static final Path SCRIPTS =
      Path.of(System.getProperty("basedir", ""), "src", "test", "servers").toAbsolutePath();

  private Command() {}

  /** The words that run a script of {@code src/test/servers}. */
  static List<String> script(String name, Object... arguments) {
    List<String> words = new ArrayList<>(List.of("bash", SCRIPTS.resolve(name).toString()));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return words;
  }

  public static String run(List<String> words) {
    return run(words, Map.of());
  }

  /**
   * Returns what the program printed.
   *
   * @throws IllegalStateException with the output, when the program fails or takes too long
   */
  public static String run(List<String> words, Map<String, String> environment) {
    try {
      Path output = Files.createTempFile("byo-command", ".out");
      try {
        return run(words, environment, output);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + words, e);
    }
  }

  private static String run(List<String> words, Map<String, String> environment, Path output)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(3, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    if (!ended || process.exitValue() != 0) {
      String end = ended ? "failed with " + process.exitValue() : "took too long";
      throw new IllegalStateException(words + " " + end + ":\n" + text);
    }
    return text;
  }
}
