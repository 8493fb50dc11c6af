package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The jar that is started, and the routes that belong to it: those of this checkout, or of the jar
 * that the system property {@code byo.test.jar} names.
 */
public final class ProgramUnderTest {
  /** The property that names another jar. */
  public static final String PROPERTY = "byo.test.jar";

  private static final Path OWN = Path.of("target", "byo-email.jar").toAbsolutePath();

  private ProgramUnderTest() {}

  /** The jar. */
  public static Path jar() {
    return Path.of(System.getProperty(PROPERTY, OWN.toString())).toAbsolutePath();
  }

  /** Whether it is another than this checkout's. */
  public static boolean isAnother() {
    return !jar().equals(OWN);
  }

  /** The routes that belong to the jar. */
  public static Path routes() {
    return routesOf(jar());
  }

  /**
   * The routes that belong to a jar: the folder {@code routes} beside it, or beside the folder
   * {@code target} that it was built in.
   *
   * @throws IllegalArgumentException where there is none
   */
  public static Path routesOf(Path jar) {
    Path folder = jar.toAbsolutePath().getParent();
    return Stream.of(folder, folder.getParent())
        .filter(java.util.Objects::nonNull)
        .map(place -> place.resolve("routes"))
        .filter(routes -> Files.isDirectory(routes.resolve("outbound")))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no routes beside "
                        + jar
                        + ": copy the folder routes of the commit that it was built from beside it"));
  }

  /** Copies a part of the program's own classes and resources out of the jar. */
  public static void copy(String part, Path to) {
    try (FileSystem jar = FileSystems.newFileSystem(jar());
        Stream<Path> files = Files.walk(jar.getPath("BOOT-INF", part))) {
      Path top = jar.getPath("BOOT-INF", part);
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = to.resolve(top.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a resource of the program. */
  public static String resource(String name) {
    try (FileSystem jar = FileSystems.newFileSystem(jar())) {
      return Files.readString(jar.getPath("BOOT-INF", "classes", name), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
