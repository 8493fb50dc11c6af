package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The release before this one: the jar that the system property {@code byo.older.jar} names, with
 * its routes beside it, or one that is built from the history into {@code target/older}. That is
 * the last tag or, in a history without tags, the last commit that lacks the newest migration.
 */
public final class OlderProgram {
  /** The property that names a jar. */
  public static final String PROPERTY = "byo.older.jar";

  private static final Path TARGET = Path.of("target", "older").toAbsolutePath();
  private static final String MIGRATIONS = "src/main/resources/db/migration";
  private static final long BUILT_WITHIN_MINUTES = 15;

  private OlderProgram() {}

  /** The jar; it is built once for a commit, which takes minutes. */
  public static Path jar() {
    String named = System.getProperty(PROPERTY);
    return named == null ? built(commit()) : Path.of(named).toAbsolutePath();
  }

  private static String commit() {
    try {
      String tag = Command.run(List.of("git", "describe", "--tags", "--abbrev=0", "HEAD^")).strip();
      return Command.run(List.of("git", "rev-list", "-n", "1", tag)).strip();
    } catch (IllegalStateException noTag) {
      String newest =
          Command.run(
                  List.of("git", "log", "-1", "--format=%H", "--diff-filter=A", "--", MIGRATIONS))
              .strip();
      return parent(newest);
    }
  }

  private static String parent(String commit) {
    try {
      return Command.run(List.of("git", "rev-parse", "--verify", commit + "^")).strip();
    } catch (IllegalStateException shallow) {
      throw new IllegalStateException(
          "The history of this clone does not reach back to the release before: run git fetch"
              + " --unshallow, or name a jar by -D"
              + PROPERTY,
          shallow);
    }
  }

  private static Path built(String commit) {
    Path folder = TARGET.resolve(commit);
    Path jar = folder.resolve("target").resolve("byo-email.jar");
    if (Files.exists(jar)) {
      return jar;
    }
    String offline = System.getProperty("byo.build", "").contains("true") ? "-o" : "-B";
    try {
      Files.createDirectories(folder);
      Command.run(
          List.of(
              "bash", "-c", "git archive " + commit + " | tar --extract --directory=" + folder));
      Path log = folder.resolve("build.log");
      Process build =
          new ProcessBuilder(
                  "./mvnw",
                  "-q",
                  offline,
                  "-Dmaven.test.skip=true",
                  "-Dspotless.check.skip=true",
                  "package")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!build.waitFor(BUILT_WITHIN_MINUTES, TimeUnit.MINUTES)) {
        build.destroyForcibly();
      }
      if (!Files.exists(jar)) {
        throw new IllegalStateException(
            commit + " was not built; see " + log + ", or name a jar by -D" + PROPERTY);
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
