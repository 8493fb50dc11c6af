package org.byoemail.support;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;

/** Debian's Chromium, headless. */
public final class Chromium implements AutoCloseable {
  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  private static final class Shared {
    static final Chromium CHROMIUM = open();

    static {
      // After the contexts have closed, whose pages it shows.
      SpringApplication.getShutdownHandlers().add(CHROMIUM::close);
    }
  }

  /**
   * One for this JVM, started at the first use. Each test opens and closes a context of its own.
   */
  public static Browser shared() {
    return Shared.CHROMIUM.browser;
  }

  /**
   * Starts one with arguments of its own.
   *
   * @param more further command-line arguments
   */
  public static Chromium open(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync"));
    arguments.addAll(List.of(more));
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(Path.of("/usr/bin/chromium"))
                    .setArgs(arguments));
    return new Chromium(playwright, browser);
  }

  public Browser browser() {
    return browser;
  }

  /** The page after a connection test whose steps it shows has ended; each step is awaited. */
  public static void awaitTest(Page page) {
    page.waitForSelector("main:not(:has-text('each step as it happens'))");
  }

  @Override
  public void close() {
    playwright.close();
  }
}
