package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.byoemail.platform.access.ProblemCode;
import org.byoemail.support.Chromium;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** The reference of the API and the pages of its error codes. */
class DocsPagesTest extends WebTest {
  private static final Pattern LINK = Pattern.compile("(?:src|href)=\"([^\"]+)\"");

  @LocalServerPort private int port;

  @Test
  void referenceIsOpenAndEverythingOnItComesFromHere() {
    MockHttpServletResponse page = open("/docs/api");

    assertThat(page.getStatus()).isEqualTo(200);
    assertThat(page.getHeader("Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self'; connect-src 'self';");
    List<String> links = LINK.matcher(text(page)).results().map(one -> one.group(1)).toList();
    assertThat(links)
        .hasSizeGreaterThan(4)
        .allMatch(link -> link.startsWith("/") && !link.startsWith("//"))
        .allMatch(link -> open(link).getStatus() == 200);
  }

  @Test
  @RequiresPrograms("chromium")
  void referenceShowsTheOperationsInABrowserAndAsksNobodyElse() {
    List<String> complaints = new ArrayList<>();
    List<String> asked = new ArrayList<>();
    String here = "http://localhost:" + port;
    try (BrowserContext context = Chromium.shared().newContext()) {
      Page page = context.newPage();
      page.onRequest(request -> asked.add(request.url()));
      page.onConsoleMessage(
          message -> {
            if (message.type().equals("error")) {
              complaints.add(message.text());
            }
          });

      page.navigate(here + "/docs/api#/messages/sendMessage");
      page.waitForSelector("#operations-messages-sendMessage .opblock-body");

      assertThat(page.innerText("#operations-messages-sendMessage"))
          .contains("/api/v1/messages", "Send a message", "order-4711-confirmation", "202");
      page.screenshot(
          new Page.ScreenshotOptions().setPath(Path.of("target", "docs", "reference.png")));
    }
    assertThat(complaints).isEmpty();
    assertThat(asked)
        .hasSizeGreaterThan(4)
        .allMatch(url -> url.startsWith(here) || url.startsWith("data:"));
  }

  @Test
  void everyCodeHasAPage() {
    String all = text(open("/docs/errors"));

    assertThat(ProblemCode.values())
        .allSatisfy(
            code -> {
              assertThat(all).contains(">" + code.word() + "<");
              MockHttpServletResponse page = open("/docs/errors/" + code.word());
              assertThat(page.getStatus()).isEqualTo(200);
              assertThat(text(page)).contains(code.word(), String.valueOf(code.status().value()));
            });
    assertThat(open("/docs/errors/none").getStatus()).isEqualTo(404);
  }

  @Test
  void everyCodeIsInTheDocumentation() throws Exception {
    String documentation = Files.readString(Path.of("docs", "api.md"));

    assertThat(Arrays.stream(ProblemCode.values()).map(code -> "`" + code.word() + "`"))
        .allMatch(documentation::contains);
  }

  @Test
  void problemNamesItsCodeAndThePageThatExplainsIt() {
    Answer invalid = get(ADMIN_KEY, "/messages?limit=0");
    Answer unknown = get("none", "/messages");
    Answer missing = get(ADMIN_KEY, "/agents/00000000-0000-0000-0000-000000000000");

    assertThat(invalid.text("/code")).isEqualTo("invalid_fields");
    assertThat(unknown.text("/code")).isEqualTo("key_unknown");
    assertThat(missing.text("/code")).isEqualTo("not_found");
    assertThat(open(invalid.text("/type")).getStatus()).isEqualTo(200);
  }

  @Test
  void nothingIsPostedToThePages() {
    assertThat(
            send(MockMvcRequestBuilders.request(HttpMethod.POST, "/docs/api").with(csrf()))
                .status())
        .isEqualTo(403);
    assertThat(open("/docs/swagger-ui/../../application.yaml").getStatus()).isNotEqualTo(200);
  }

  private MockHttpServletResponse open(String path) {
    return send(MockMvcRequestBuilders.get(path)).response();
  }

  private static String text(MockHttpServletResponse page) {
    return new String(page.getContentAsByteArray(), StandardCharsets.UTF_8);
  }
}
