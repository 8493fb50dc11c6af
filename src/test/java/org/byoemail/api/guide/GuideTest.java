package org.byoemail.api.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** The guide, opened page by page without a login. */
class GuideTest extends WebTest {
  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]+)\"");
  private static final Pattern ID = Pattern.compile(" id=\"([^\"]+)\"");

  @Autowired private Guide guide;
  @Autowired private GuideSearch search;

  @Test
  void everyPageOpensAndEveryLinkAndAnchorOnItExists() {
    Map<String, String> opened = new HashMap<>();
    List<String> broken = new ArrayList<>();
    for (GuidePage page : guide.pages()) {
      String address = page.address();
      String html = html(address);
      opened.put(address, html);
      for (String link : found(LINK, html)) {
        if (link.startsWith("http") || link.startsWith("mailto:")) {
          continue;
        }
        String target = resolved(address, link);
        String[] parts = target.split("#", 2);
        String there =
            opened.computeIfAbsent(parts[0].isEmpty() ? address : parts[0], this::htmlOrEmpty);
        if (there.isEmpty()) {
          broken.add(address + ": " + link);
        } else if (parts.length == 2 && !found(ID, there).contains(parts[1])) {
          broken.add(address + ": " + link + " (no such place)");
        }
      }
    }

    assertThat(broken).isEmpty();
    assertThat(guide.pages()).hasSizeGreaterThan(50);
  }

  @Test
  void pagesOfTheIndexAreThoseThatANewUserNeeds() {
    Set<String> paths =
        guide.groups().stream()
            .flatMap(group -> group.entries().stream())
            .map(Guide.Entry::path)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(paths)
        .contains(
            "first-five-minutes",
            "connect-gmail-or-microsoft",
            "connect",
            "providers",
            "send",
            "receive",
            "bounces",
            "policies",
            "http-api",
            "webhooks",
            "mcp",
            "operations",
            "scaling",
            "troubleshooting");
    assertThat(paths).allMatch(path -> guide.page(path).isPresent());
  }

  @Test
  void searchFindsASymptomAndMarksItsWords() {
    String page = html("/docs/search?q=SmtpClientAuthentication%20disabled");

    assertThat(page).contains("<mark>SmtpClientAuthentication</mark>", "/docs/troubleshooting#");
    assertThat(search.find("wash forward headers")).as("all words are needed").isEmpty();
  }

  @Test
  void headingsComeBeforeText() {
    GuideSearch.Hit best = search.find("sent folder").get(0);

    assertThat(best.address()).isEqualTo("/docs/send#the-sent-folder");
    assertThat(best.heading()).extracting(GuideSearch.Piece::found).contains(true);
  }

  @Test
  void searchIsBoundedAndShowsWhatWasTypedAsText() {
    String page = html("/docs/search?q=<script>alert(1)</script>");
    String many = "a ".repeat(1000);

    assertThat(page).doesNotContain("<script>").contains("&lt;script&gt;");
    assertThat(search.find(many)).hasSizeLessThanOrEqualTo(GuideSearch.MAX_HITS);
    assertThat(GuideSearch.words("b".repeat(5000)).get(0)).hasSize(GuideSearch.MAX_QUERY);
    assertThat(search.find("  \"' ")).isEmpty();
  }

  @Test
  void onlyPagesAreServed() {
    assertThat(open("/docs/nothing").getStatus()).isEqualTo(404);
    assertThat(open("/docs/providers/nothing").getStatus()).isEqualTo(404);
    assertThat(open("/docs/../application.yaml").getStatus()).isNotEqualTo(200);
    assertThat(open("/docs/adr/..").getStatus()).isNotEqualTo(200);
  }

  @Test
  void languageModelsFindEachPageAsMarkdown() {
    String index = html("/llms.txt");
    Set<String> links = found(Pattern.compile("\\]\\((/[^)]*)\\)"), index);

    assertThat(open("/llms.txt").getContentType()).startsWith("text/plain");
    assertThat(index).startsWith("# BYO Email");
    assertThat(links)
        .contains("/docs/send.md", "/docs/providers/gmail.md", "/api/v1/openapi.json")
        .hasSizeGreaterThan(50)
        .allMatch(link -> open(link).getStatus() == 200);
    assertThat(open("/docs/send.md").getContentType()).startsWith("text/markdown");
    assertThat(html("/docs/send.md")).startsWith("# Send mail");
  }

  @Test
  void codeAndTextOfPagesAreEscaped() {
    GuidePage page =
        new Markdown(Set.of())
            .page("docs/a.md", "a", "# A\n\n<script>x</script> `<b>`\n\n[x](javascript:y)\n");

    assertThat(page.html()).doesNotContain("<script>", "<b>");
  }

  private static String resolved(String from, String link) {
    if (link.startsWith("#")) {
      return link;
    }
    return java.net.URI.create(from).resolve(link).toString();
  }

  private static Set<String> found(Pattern pattern, String html) {
    return pattern
        .matcher(html)
        .results()
        .map(one -> one.group(1).replace("&amp;", "&"))
        .collect(Collectors.toSet());
  }

  private String html(String path) {
    MockHttpServletResponse page = open(path);
    assertThat(page.getStatus()).as(path).isEqualTo(200);
    return text(page);
  }

  /** Empty if there is no such page; the console's leads to its login. */
  private String htmlOrEmpty(String path) {
    MockHttpServletResponse page = open(path);
    return page.getStatus() < 400 ? text(page) + " " : "";
  }

  private MockHttpServletResponse open(String path) {
    return send(MockMvcRequestBuilders.get(
            java.net.URI.create(path.replace("<", "%3C").replace(">", "%3E"))))
        .response();
  }

  private static String text(MockHttpServletResponse page) {
    return new String(page.getContentAsByteArray(), StandardCharsets.UTF_8);
  }
}
