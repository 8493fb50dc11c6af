package org.byoemail.api.guide;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The pages, created on the first request and kept. They are in the order of the lists on the first
 * page. Safe for use by many threads.
 */
@Component
class Guide {
  private static final Pattern GROUP = Pattern.compile("## (.+)");
  private static final Pattern ENTRY = Pattern.compile("- \\[([^]]+)]\\(([^)#]+)\\)(?:: (.*))?");

  private @Nullable Contents contents;

  /** A page as lists show it. */
  record Entry(String path, String title, String about) {
    public String address() {
      return GuideFiles.address(path);
    }
  }

  /** Pages that belong together. */
  record Group(String title, List<Entry> entries) {}

  private record Contents(Map<String, GuidePage> pages, List<Group> groups) {}

  /**
   * @param path below {@code /docs}
   */
  Optional<GuidePage> page(String path) {
    return Optional.ofNullable(contents().pages().get(path));
  }

  /** All pages. */
  List<GuidePage> pages() {
    return List.copyOf(contents().pages().values());
  }

  /** The pages that the first page lists. */
  List<Group> groups() {
    return contents().groups();
  }

  /** The previous or next page in the order of the lists; null if there is none. */
  @Nullable Entry neighbor(GuidePage page, int step) {
    List<Entry> order = groups().stream().flatMap(group -> group.entries().stream()).toList();
    for (int i = 0; i < order.size(); i++) {
      int at = i + step;
      if (order.get(i).path().equals(page.path()) && at >= 0 && at < order.size()) {
        return order.get(at);
      }
    }
    return null;
  }

  private synchronized Contents contents() {
    if (contents == null) {
      contents = read();
    }
    return contents;
  }

  private Contents read() {
    Map<String, String> files = GuideFiles.read();
    Markdown markdown = new Markdown(files.keySet());
    Map<String, GuidePage> pages = new TreeMap<>();
    files.forEach(
        (file, text) ->
            GuideFiles.path(file)
                .ifPresent(path -> pages.put(path, markdown.page(file, path, text))));
    return new Contents(pages, groups(files.getOrDefault(GuideFiles.INDEX, "")));
  }

  private static List<Group> groups(String index) {
    Map<String, List<Entry>> groups = new LinkedHashMap<>();
    String group = "";
    for (String line : index.lines().toList()) {
      Matcher heading = GROUP.matcher(line);
      Matcher entry = ENTRY.matcher(line);
      if (heading.matches()) {
        group = heading.group(1);
      } else if (entry.matches()) {
        String file = Markdown.resolved(GuideFiles.INDEX, entry.group(2));
        String about = entry.group(3) == null ? "" : entry.group(3);
        List<Entry> entries = groups.computeIfAbsent(group, name -> new ArrayList<>());
        GuideFiles.path(file)
            .ifPresent(path -> entries.add(new Entry(path, entry.group(1), about)));
      }
    }
    return groups.entrySet().stream()
        .map(each -> new Group(each.getKey(), List.copyOf(each.getValue())))
        .toList();
  }
}
