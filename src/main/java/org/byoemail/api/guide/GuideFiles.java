package org.byoemail.api.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The Markdown files of the repository that are packed into the program, and the addresses of their
 * pages. A page has the path of its file; a {@code README.md} has the path of its folder.
 */
final class GuideFiles {
  static final String INDEX = "docs/README.md";

  private static final String FOLDER = "guide/";
  private static final String PAGES = "docs/";

  /** Files whose own path belongs to another page, or that are outside docs. */
  private static final Map<String, String> PATHS =
      Map.of(
          "docs/api.md", "http-api",
          "routes/README.md", "routes",
          "CHANGELOG.md", "changelog",
          "UPGRADING.md", "upgrading",
          "SECURITY.md", "reporting-vulnerabilities",
          "CONTRIBUTING.md", "contributing");

  /** Files that the gateway serves elsewhere. */
  private static final Map<String, String> SERVED =
      Map.of(
          "src/main/resources/schema/submission.schema.json",
          "/api/v1/schema/submission.schema.json",
          "src/main/resources/schema/event.schema.json",
          "/api/v1/schema/event.schema.json",
          "src/main/resources/schema/asyncapi.yaml",
          "/api/v1/schema/asyncapi.yaml");

  private GuideFiles() {}

  /** The text of each file, by its path in the repository. */
  static Map<String, String> read() {
    Map<String, String> files = new TreeMap<>();
    try {
      for (Resource file :
          new PathMatchingResourcePatternResolver()
              .getResources("classpath*:" + FOLDER + "**/*.md")) {
        String url = file.getURL().toString();
        files.put(
            url.substring(url.lastIndexOf("/" + FOLDER) + FOLDER.length() + 1),
            file.getContentAsString(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the pages of the guide cannot be read", e);
    }
    return files;
  }

  /** The path of a file's page, below {@code /docs}; empty if it has none. */
  static Optional<String> path(String file) {
    if (PATHS.containsKey(file)) {
      return Optional.of(PATHS.get(file));
    }
    if (!file.startsWith(PAGES) || !file.endsWith(".md")) {
      return Optional.empty();
    }
    String path = file.substring(PAGES.length(), file.length() - ".md".length());
    return Optional.of(path.replaceFirst("(^|/)README$", ""));
  }

  static String address(String path) {
    return path.isEmpty() ? "/docs" : "/docs/" + path;
  }

  /** The address at which the gateway serves a file that is not a page; empty if it does not. */
  static Optional<String> served(String file) {
    if (file.startsWith("docs/pictures/")) {
      return Optional.of("/" + file);
    }
    return Optional.ofNullable(SERVED.get(file));
  }
}
