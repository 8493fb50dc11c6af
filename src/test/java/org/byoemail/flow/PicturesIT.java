package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.byoemail.support.ApiClient;
import org.byoemail.support.Chromium;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.RequiresPrograms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes the pictures of the README, of the demo as a newcomer has it: {@code ./mvnw verify
 * -Dit.test=PicturesIT -Dpictures=docs/pictures}.
 */
@EnabledIfSystemProperty(named = "pictures", matches = ".+")
@RequiresPrograms("chromium")
class PicturesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String PASSWORD = "the-console-password-of-the-pictures";
  private static final int MAX_BYTES = 150 << 10;

  @TempDir Path dir;

  private final Path folder = Path.of(System.getProperty("pictures", "target/pictures"));

  @Test
  void demoIsPictured() throws IOException {
    Files.createDirectories(folder);
    Map<String, String> settings =
        Map.of("BYO_DEMO_ENABLED", "true", "BYO_CONSOLE_PASSWORD", PASSWORD);
    try (GatewayProcess gateway = new GatewayProcess(dir, settings)) {
      gateway.start();
      await().atMost(PATIENCE).until(() -> gateway.output().contains("Console: http://"));
      ApiClient api = gateway.api();
      String deferred = someMail(api);
      try (Chromium chromium = Chromium.open();
          BrowserContext context =
              chromium
                  .browser()
                  .newContext(
                      new com.microsoft.playwright.Browser.NewContextOptions()
                          .setViewportSize(1200, 760)
                          .setColorScheme(ColorScheme.LIGHT))) {
        Page page = context.newPage();
        String base = "http://localhost:" + gateway.httpPort();
        page.navigate(base + "/login");
        page.fill("#username", "admin");
        page.fill("#password", PASSWORD);
        page.click("button");
        picture(page, base + "/console/overview", "overview");
        picture(page, base + "/console/outbox/" + deferred, "attempts");
        page.navigate(base + "/console/reviews");
        page.click("main tbody a >> nth=0");
        picture(page, page.url(), "review");
        page.navigate(base + "/console/conversations");
        page.click("main tbody a:has-text('Your visit next week') >> nth=0");
        picture(page, page.url(), "conversation");
        picture(page, base + "/console/routes/outbound-send", "route");
      }
    }
  }

  /** Mail with each outcome; the id of the one that was deferred once. */
  private static String someMail(ApiClient api) {
    JsonNode ada =
        api.get("/agents").body().path("items").findParents("name").stream()
            .filter(agent -> agent.path("name").asText().startsWith("Ada"))
            .findFirst()
            .orElseThrow();
    send(api, "ben@demo.example", "Offer for the workshop", "Hello Ben,\n\nsee you on **Friday**.");
    send(api, "reply@demo.example", "Your visit next week", "Hello,\n\nshall we meet on Tuesday?");
    send(api, "bounce@demo.example", "Invoice 4711", "Hello,\n\nplease find it attached.");
    String deferred =
        send(api, "defer-once@demo.example", "Your order", "Hello,\n\nit is on its way.");
    await()
        .atMost(PATIENCE)
        .until(() -> api.get("/messages/" + deferred).body().path("attempts").size() > 1);
    await()
        .atMost(PATIENCE)
        .until(() -> api.get("/messages?direction=inbound").body().path("items").size() > 2);
    // What is queued is decided again.
    api.patch(
        "/agents/" + ada.path("id").asText(),
        Map.of("sendingPolicy", Map.of("review", Map.of("when", "always"))));
    send(
        api,
        "cleo@demo.example",
        "Refund of order 4692",
        "Dear Cleo,\n\nwe have refunded **49.00 EUR** to your card.\n\nAda");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                api.get("/reviews").body().path("items").size() == 1
                    && api.get("/bounces").body().path("items").size() > 1
                    && api.get("/messages/" + deferred).body().path("attempts").size() > 0
                    && api.get("/messages?direction=inbound").body().path("items").size() > 2);
    return deferred;
  }

  private static String send(ApiClient api, String to, String subject, String body) {
    return api.post(
            "/messages",
            Map.of(
                "id",
                subject,
                "from",
                "ada@demo.example",
                "to",
                List.of(to),
                "subject",
                subject,
                "body",
                body))
        .body()
        .path("messageId")
        .asText();
  }

  private void picture(Page page, String address, String name) throws IOException {
    page.navigate(address);
    page.waitForLoadState();
    Path file = folder.resolve(name + ".png");
    page.screenshot(new Page.ScreenshotOptions().setPath(file));
    assertThat(Files.size(file)).as(name).isLessThan(MAX_BYTES);
  }
}
