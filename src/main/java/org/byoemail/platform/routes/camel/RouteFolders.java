package org.byoemail.platform.routes.camel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.byoemail.platform.broker.BrokerKind;
import org.springframework.core.env.Environment;

/** Finds the route files below the folders of the program and of the operator. */
final class RouteFolders {
  static final String SUFFIX = ".camel.yaml";
  private static final int MAX_DEPTH = 16;
  private static final int MAX_FILES = 1_000;
  private static final int MAX_SIZE = 1 << 20;

  /** The folders, by the first part of their files' names. */
  private final Map<String, Path> folders;

  private final BrokerKind broker;

  /**
   * @param broker the selected one: route files of others are not loaded
   */
  RouteFolders(Path routes, Path own, BrokerKind broker) {
    this.broker = broker;
    this.folders = new LinkedHashMap<>();
    folders.put("routes", routes.toAbsolutePath().normalize());
    folders.put("own-routes", own.toAbsolutePath().normalize());
  }

  /** Those of the settings. */
  static RouteFolders of(Environment environment) {
    return new RouteFolders(
        Path.of(environment.getProperty("byo.routes-dir", "routes")),
        Path.of(environment.getProperty("byo.routes.own-dir", "own-routes")),
        BrokerKind.of(environment));
  }

  /** File attributes by which a change is detected without reading the file. */
  record Stamp(Path path, long size, long modified, Object key) {}

  /**
   * All files by their names, without those in hidden folders, which Kubernetes keeps the files of
   * a volume in.
   */
  Map<String, Stamp> scan() throws IOException {
    Map<String, Stamp> found = new TreeMap<>();
    for (Map.Entry<String, Path> folder : folders.entrySet()) {
      if (Files.isDirectory(folder.getValue())) {
        scan(folder.getKey(), folder.getValue(), found);
      }
    }
    return found;
  }

  private void scan(String prefix, Path folder, Map<String, Stamp> found) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      files =
          all.filter(file -> file.toString().endsWith(SUFFIX))
              .filter(file -> !isHidden(folder.relativize(file)))
              .filter(file -> !broker.excludes(name(folder, file)))
              .limit(MAX_FILES)
              .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path file : files) {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isRegularFile()) {
        found.put(
            prefix + "/" + name(folder, file),
            new Stamp(
                file,
                attributes.size(),
                attributes.lastModifiedTime().toMillis(),
                String.valueOf(attributes.fileKey())));
      }
    }
  }

  private static String name(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static boolean isHidden(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /** The text of a file. */
  static String read(Path file) throws IOException {
    if (Files.size(file) > MAX_SIZE) {
      throw new IOException("larger than 1 MB");
    }
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
