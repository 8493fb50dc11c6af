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
 * The operator's jars: Camel components and other classes that routes use. They are loaded whether
 * the program runs from its jar, from an exploded jar or from a build. Classes of the program take
 * precedence.
 */
final class ExtensionJars {
  private static final String VARIABLE = "BYO_LIB_DIR";
  private static final String PROPERTY = "byo.lib-dir";
  private static final String DEFAULT = "own-lib";

  private ExtensionJars() {}

  /**
   * The folder, from the environment or a system property: configuration files are not read yet.
   */
  static Path folder(Map<String, String> environment) {
    String stated = System.getProperty(PROPERTY, environment.get(VARIABLE));
    return Path.of(stated == null || stated.isBlank() ? DEFAULT : stated);
  }

  /**
   * Returns a class loader for the jars in the folder.
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
                "own-jars", jars.stream().map(ExtensionJars::url).toArray(URL[]::new), parent));
  }

  private static URL url(Path jar) {
    try {
      return jar.toAbsolutePath().toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }
}
