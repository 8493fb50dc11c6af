package org.byoemail.api.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Markdown of the repository, as its readers at GitHub follow it. */
class DocumentationLinksTest {
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern REFERENCE = Pattern.compile("(?m)^\\[[^\\]]+\\]: (\\S+)$");
  private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`");

  @Test
  void everyLinkLeadsToAFileAndEveryAnchorToAHeading() throws IOException {
    List<String> broken = new ArrayList<>();
    Map<Path, Set<String>> anchors = new HashMap<>();
    int links = 0;
    for (Path file : files()) {
      for (String target : links(file)) {
        if (target.matches("[a-z]+:.*") || target.startsWith("/")) {
          continue;
        }
        links++;
        String[] parts = target.split("#", 2);
        Path place =
            parts[0].isEmpty()
                ? file
                : Path.of("")
                    .resolve(file)
                    .toAbsolutePath()
                    .getParent()
                    .resolve(parts[0])
                    .normalize();
        if (!Files.exists(place)) {
          broken.add(file + ": " + target);
        } else if (parts.length == 2
            && place.toString().endsWith(".md")
            && !anchors
                .computeIfAbsent(place, DocumentationLinksTest::anchors)
                .contains(parts[1])) {
          broken.add(file + ": " + target + " (no such heading)");
        }
      }
    }

    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(150);
  }

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> docs = Files.walk(Path.of("docs"));
        Stream<Path> top = Files.list(Path.of("."))) {
      Stream.concat(docs, top)
          .filter(file -> file.toString().endsWith(".md"))
          .map(Path::normalize)
          .forEach(files::add);
    }
    files.add(Path.of("routes", "README.md"));
    return files;
  }

  private static Set<String> links(Path file) throws IOException {
    String text = CODE.matcher(Files.readString(file)).replaceAll("code");
    Set<String> found = new LinkedHashSet<>();
    for (Pattern pattern : List.of(LINK, REFERENCE)) {
      Matcher matcher = pattern.matcher(text);
      while (matcher.find()) {
        found.add(matcher.group(1));
      }
    }
    return found;
  }

  private static Set<String> anchors(Path file) {
    try {
      GuidePage page = new Markdown(Set.of()).page(file.toString(), "page", Files.readString(file));
      Set<String> anchors = new LinkedHashSet<>();
      page.sections().forEach(section -> anchors.add(section.anchor()));
      anchors.add(Markdown.anchor(page.title()));
      return anchors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
