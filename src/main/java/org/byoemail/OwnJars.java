package org.byoemail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Jars of the operator: Camel components and other classes that routes name. They are found however
 * the program is started, from its jar, taken apart, or from a build. What the program has itself
 * comes first.
 */
final class OwnJars {
  private static final String VARIABLE = "BYO_LIB_DIR";
  private static final String PROPERTY = "byo.lib-dir";
  private static final String DEFAULT = "own-lib";

  private OwnJars() {}

  /** The folder: known before any file of settings is read. */
  static Path folder(Map<String, String> environment) {
    String stated = System.getProperty(PROPERTY, environment.get(VARIABLE));
    return Path.of(stated == null || stated.isBlank() ? DEFAULT : stated);
  }

  /**
   * A class loader with the jars of a folder.
   *
   * @return empty if there are none
   * @throws UncheckedIOException if the folder cannot be read
   */
  static Optional<ClassLoader> classLoader(Path folder, ClassLoader parent) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    List<Path> jars;
    try (Stream<Path> files = Files.list(folder)) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the jars in " + folder, e);
    }
    return jars.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new URLClassLoader(
                "own-jars", jars.stream().map(OwnJars::url).toArray(URL[]::new), parent));
  }

  private static URL url(Path jar) {
    try {
      return jar.toAbsolutePath().toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }
}
