package org.byoemail.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What axe-core says of a page. */
public final class Accessibility {
  private static final String AXE = axe();

  private Accessibility() {}

  /** Requires that there is no violation of WCAG 2.1 AA that axe-core finds. */
  public static void check(Page page) {
    page.evaluate(AXE);
    Object violations =
        page.evaluate(
            """
            async () => {
              const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
              const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
              return found.violations.flatMap((one) =>
                one.nodes.map((node) => one.id + ": " + node.html.slice(0, 200) + " " + node.failureSummary));
            }
            """);
    assertThat((List<?>) violations).as(page.url()).isEmpty();
  }

  private static String axe() {
    try (InputStream in = Accessibility.class.getResourceAsStream("/axe.min.js")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
