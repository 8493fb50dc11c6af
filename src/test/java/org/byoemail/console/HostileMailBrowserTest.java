package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Route;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.byoemail.support.Chromium;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Mail whose HTML, subject, names and files try to run script, load, navigate or cover the page, in
 * every place of the console where mail is shown.
 */
@RequiresPrograms("chromium")
class HostileMailBrowserTest extends WebTest {
  private static final String ELSEWHERE = "http://localhost:1/";

  private static Browser browser;
  private static List<String> vectors;

  private final List<String> happened = new ArrayList<>();

  @LocalServerPort private int port;
  private String console;

  @BeforeAll
  static void open() throws IOException {
    browser = Chromium.shared();
    try (InputStream in =
        HostileMailBrowserTest.class.getResourceAsStream("/console/hostile-html.json")) {
      List<String> all = new ObjectMapper().readValue(in, new TypeReference<List<String>>() {});
      assertThat(all).hasSizeGreaterThanOrEqualTo(150).doesNotHaveDuplicates();
      int every = Math.max(1, all.size() / Integer.getInteger("byo.vectors", all.size()));
      vectors =
          IntStream.range(0, all.size()).filter(i -> i % every == 0).mapToObj(all::get).toList();
    }
  }

  @BeforeEach
  void find() {
    console = "http://localhost:" + port + "/console/";
  }

  @Test
  void vectorsWorkInAPageThatShowsThemAsTheyAre() {
    try (BrowserContext context = browser.newContext()) {
      int worked = 0;
      for (String vector : vectors) {
        happened.clear();
        Page page = watched(context, ELSEWHERE);
        page.route(
            "http://plain.test/",
            route ->
                route.fulfill(
                    new Route.FulfillOptions()
                        .setContentType("text/html; charset=utf-8")
                        .setBody("<!DOCTYPE html><p>Mail</p>" + vector)));
        page.navigate("http://plain.test/");
        click(page, true);
        worked += happened.isEmpty() ? 0 : 1;
        page.close();
      }
      assertThat(worked).isGreaterThanOrEqualTo(vectors.size() / 2);
    }
  }

  @Test
  void noneWorksWhereMailIsShown() throws Exception {
    String address = fresh("hostile") + "@example.test";
    UUID account = UUID.fromString(account("acme", address));
    StoredMail mails = new StoredMail(jdbc);
    List<String> pages = new ArrayList<>();
    for (int i = 0; i < vectors.size(); i++) {
      // PostgreSQL stores no NUL: the parser replaces it.
      String vector = vectors.get(i).replace("\0", "");
      UUID message = mails.ingested(account, vector, vector, vector);
      mails.file(message, vector, "text/html", "00", vector.length());
      mails.screening(message, vector, vector);
      jdbc.sql(
              """
              UPDATE message SET from_name = :vector,
                headers = jsonb_build_array(jsonb_build_object('name', :vector, 'value', :vector))
              WHERE id = :message
              """)
          .param("vector", vector)
          .param("message", message)
          .update();
      pages.add("inbox/" + message);
      if (i % 5 == 0) {
        pages.add("messages/" + message + "/html");
        pages.add("outbox/" + sent(address, vector));
        mails.mail(account, "quarantined", vector, null, vector, null);
        mails.held(account, vector, null);
      }
    }
    pages.addAll(
        List.of(
            "inbox",
            "outbox",
            "conversations",
            "held",
            "quarantine",
            "events",
            "bounces",
            "overview"));

    try (BrowserContext context = browser.newContext()) {
      Page page = watched(context, "http://localhost:" + port + "/");
      page.navigate("http://localhost:" + port + "/login");
      page.fill("#username", "admin");
      page.fill("#password", CONSOLE_PASSWORD);
      page.click("button");
      for (String path : pages) {
        happened.clear();
        page.navigate(console + path);
        String title = page.title();
        click(page, path.endsWith("/html"));
        assertThat(page.url()).as(path).isEqualTo(console + path);
        assertThat(page.title()).as(path).isEqualTo(title);
        assertThat(happened).as("%s: %s", path, title).isEmpty();
        assertThat(page.evaluate(COVERED)).as("what covers %s: %s", path, title).isEqualTo(false);
      }
      page.fill(".search input", vectors.get(0));
      page.press(".search input", "Enter");
      assertThat(page.inputValue(".search input")).isEqualTo(vectors.get(0));
      assertThat(happened).isEmpty();
    }
  }

  /** Whether something of a mail lies over the bar of the console. */
  private static final String COVERED =
      """
      () => {
        const bar = document.querySelector(".bar");
        if (!bar) return false;
        const box = bar.getBoundingClientRect();
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return top !== null && !bar.contains(top);
      }
      """;

  /** A page that notes script that runs, and what is asked for or gone to outside of a site. */
  private Page watched(BrowserContext context, String own) {
    boolean control = own.equals(ELSEWHERE);
    Page page = context.newPage();
    page.exposeFunction("pwned", args -> happened.add("ran"));
    page.onDialog(
        dialog -> {
          happened.add("dialog");
          dialog.dismiss();
        });
    page.onRequest(
        request -> {
          String url = request.url();
          boolean outside =
              control
                  ? url.startsWith(ELSEWHERE)
                  : !(url.startsWith(own) || url.startsWith("data:"));
          if (outside) {
            happened.add("asked for " + url);
          }
        });
    page.onPopup(popup -> happened.add("popup " + popup.url()));
    return page;
  }

  /** Clicks on what a mail offers in its frame, or in a page that is nothing but the mail. */
  private static void click(Page page, boolean nothingElse) {
    for (Frame frame : page.frames()) {
      if (nothingElse || frame.parentFrame() != null) {
        try {
          frame.evaluate(
              "[...document.querySelectorAll('a, area, button, text, input, math')].forEach(one =>"
                  + " one.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true})))");
        } catch (PlaywrightException e) {
          // The vector has taken its frame elsewhere, which is noted.
          continue;
        }
      }
    }
  }

  private String sent(String from, String vector) {
    String line = vector.replaceAll("\\p{Cntrl}", "");
    return post(
            ADMIN_KEY,
            "/messages",
            Map.of(
                "from",
                from,
                "to",
                List.of("ben@else.test"),
                "subject",
                line,
                "text",
                vector,
                "html",
                vector))
        .text("/messageId");
  }
}
