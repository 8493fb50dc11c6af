package org.byoemail.api.guide;

import java.util.List;
import java.util.Locale;

/**
 * A page of the guide.
 *
 * @param path below {@code /docs}, such as {@code providers/gmail}; empty for the first page
 * @param file the Markdown file in the repository
 * @param markdown the file as it is
 * @param html the file as HTML, without its title
 * @param sections by heading; the first is the text before any heading
 */
record GuidePage(
    String path, String file, String title, String markdown, String html, List<Section> sections) {

  /**
   * The text below a heading.
   *
   * @param anchor id of the heading in the page; empty for the page itself
   * @param level of the heading, from 1
   * @param text without markup, on one line
   * @param lowerTitle the title in lower case, for searches
   * @param lowerText the text in lower case
   */
  record Section(
      String anchor, String title, int level, String text, String lowerTitle, String lowerText) {

    Section(String anchor, String title, int level, String text) {
      this(
          anchor,
          title,
          level,
          text,
          title.toLowerCase(Locale.ROOT),
          text.toLowerCase(Locale.ROOT));
    }
  }

  /** The title in lower case, for searches. */
  String lowerTitle() {
    return sections.get(0).lowerTitle();
  }

  /** The address of the page on this gateway, without the context path. */
  public String address() {
    return GuideFiles.address(path);
  }

  /** The address of its Markdown. */
  public String source() {
    return path.isEmpty() ? "/docs/index.md" : address() + ".md";
  }

  /** Its table of contents: headings of the second and third level. */
  public List<Section> contents() {
    return sections.stream().filter(each -> each.level() == 2 || each.level() == 3).toList();
  }
}
