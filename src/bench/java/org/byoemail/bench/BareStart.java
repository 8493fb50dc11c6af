package org.byoemail.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.byoemail.bench.bare.BareApplication;
import org.byoemail.support.FreePorts;
import org.byoemail.support.Services;
import org.springframework.util.FileSystemUtils;

/** Starts {@link BareApplication} with the libraries of a jar that was taken apart. */
final class BareStart {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private final Path dir;
  private final Path extracted;
  private final Services services;

  BareStart(Path dir, Path extracted, Services services) {
    this.dir = dir;
    this.extracted = extracted;
    this.services = services;
  }

  /**
   * Starts it and stops it again.
   *
   * @return seconds from the start of the process until it says that it has started
   */
  double seconds() {
    String path = BareApplication.class.getPackageName().replace('.', '/');
    try {
      FileSystemUtils.copyRecursively(
          Path.of("target", "test-classes", path), dir.resolve("classes").resolve(path));
      ProcessBuilder command =
          new ProcessBuilder(
                  JAVA.toString(),
                  "-Xmx768m",
                  "-cp",
                  dir.resolve("classes") + File.pathSeparator + extracted.resolve("lib") + "/*",
                  BareApplication.class.getName())
              .directory(Files.createDirectories(dir.resolve("work")).toFile())
              .redirectErrorStream(true);
      command.environment().putAll(services.with(Map.of()));
      command.environment().put("SERVER_PORT", String.valueOf(FreePorts.next()));
      long start = System.nanoTime();
      Process process = command.start();
      try (BufferedReader out = process.inputReader()) {
        awaitStart(out);
        return (System.nanoTime() - start) / 1e9;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitStart(BufferedReader out) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.contains("Started BareApplication")) {
        return;
      }
      said.append(line).append('\n');
    }
    throw new IllegalStateException("the bare application did not start:\n" + said);
  }
}
