package org.byoemail.format.html;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ScreenshotAnimations;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * What Chromium paints of HTML: light, at one width, every picture mid-grey, no scripts. A text is
 * seen where making it transparent changes pixels by more than a hair, at least 3 % of those of its
 * place (a text that is whole changes 10 % and more; less are slivers at the edge of a box), and
 * where its letters are at least 3 pixels high: smaller ones leave dots that nobody can read.
 * Underlines are left out.
 */
final class PaintedPages implements AutoCloseable {
  private static final int LEAST_CHANGE = 12;
  private static final double LEAST_SHARE = 0.03;
  private static final double LEAST_FONT_SIZE = 3;
  private static final byte[] GREY = grey();

  private static final String TEXTS =
      """
      () => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        window.texts = [];
        const found = [];
        while (walker.nextNode()) {
          const node = walker.currentNode;
          if (!node.data.trim()) continue;
          const range = document.createRange();
          range.selectNodeContents(node);
          window.texts.push(range);
          const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
          found.push({text: node.data, size: size, rects: Array.from(range.getClientRects())
            .map(r => [r.left + scrollX, r.top + scrollY, r.width, r.height])});
        }
        const sheet = new CSSStyleSheet();
        sheet.replaceSync('::highlight(off) { color: transparent !important;'
          + ' -webkit-text-fill-color: transparent !important; text-shadow: none !important; }'
          + ' * { text-decoration-line: none !important; }');
        document.adoptedStyleSheets = [sheet];
        return found;
      }
      """;

  private static final String SWITCH_OFF =
      """
      which => {
        CSS.highlights.clear();
        const off = new Highlight();
        (!which ? window.texts : which.map(i => window.texts[i])).forEach(r => off.add(r));
        CSS.highlights.set('off', off);
      }
      """;

  private final BrowserContext context;
  private final Page page;

  PaintedPages(Browser browser, int width, int height) {
    context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setJavaScriptEnabled(false));
    page = context.newPage();
    page.route(
        "**/*",
        route -> {
          if (route.request().resourceType().equals("image")) {
            route.fulfill(
                new Route.FulfillOptions().setContentType("image/png").setBodyBytes(GREY));
          } else {
            route.abort();
          }
        });
  }

  /** A text of the page, and whether it was painted. */
  record Text(String words, boolean painted) {}

  @SuppressWarnings("unchecked")
  List<Text> texts(String html) {
    page.setContent(html);
    List<Map<String, Object>> found = (List<Map<String, Object>>) page.evaluate(TEXTS);
    BufferedImage on = picture();
    page.evaluate(SWITCH_OFF, null);
    BufferedImage off = picture();
    List<List<int[]>> places = found.stream().map(PaintedPages::places).toList();
    boolean[] painted = new boolean[found.size()];
    List<List<Integer>> apart = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      double size = ((Number) found.get(i).get("size")).doubleValue();
      painted[i] = size >= LEAST_FONT_SIZE && differ(on, off, places.get(i));
      if (painted[i] && overlapsAnother(places, i)) {
        group(apart, places, i);
      }
    }
    for (List<Integer> group : apart) {
      page.evaluate(SWITCH_OFF, group);
      BufferedImage without = picture();
      group.forEach(i -> painted[i] = differ(on, without, places.get(i)));
    }
    List<Text> texts = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      texts.add(new Text((String) found.get(i).get("text"), painted[i]));
    }
    return texts;
  }

  /** Adds a text to the first group in which it overlaps no other. */
  private static void group(List<List<Integer>> groups, List<List<int[]>> places, int text) {
    for (List<Integer> group : groups) {
      if (group.stream().noneMatch(other -> overlap(places.get(other), places.get(text)))) {
        group.add(text);
        return;
      }
    }
    groups.add(new ArrayList<>(List.of(text)));
  }

  @SuppressWarnings("unchecked")
  private static List<int[]> places(Map<String, Object> text) {
    List<int[]> places = new ArrayList<>();
    for (List<Number> rect : (List<List<Number>>) text.get("rects")) {
      int left = (int) Math.floor(rect.get(0).doubleValue()) - 1;
      int top = (int) Math.floor(rect.get(1).doubleValue()) - 1;
      int right = (int) Math.ceil(rect.get(0).doubleValue() + rect.get(2).doubleValue()) + 1;
      int bottom = (int) Math.ceil(rect.get(1).doubleValue() + rect.get(3).doubleValue()) + 1;
      places.add(new int[] {left, top, right, bottom});
    }
    return places;
  }

  private static boolean overlapsAnother(List<List<int[]>> places, int at) {
    for (int i = 0; i < places.size(); i++) {
      if (i != at && overlap(places.get(i), places.get(at))) {
        return true;
      }
    }
    return false;
  }

  private static boolean overlap(List<int[]> some, List<int[]> others) {
    return some.stream()
        .anyMatch(
            one ->
                others.stream()
                    .anyMatch(
                        other ->
                            one[0] < other[2]
                                && other[0] < one[2]
                                && one[1] < other[3]
                                && other[1] < one[3]));
  }

  private static boolean differ(BufferedImage one, BufferedImage other, List<int[]> places) {
    int area = 0;
    int changed = 0;
    for (int[] place : places) {
      area += (place[2] - place[0]) * (place[3] - place[1]);
      int right = Math.min(place[2], Math.min(one.getWidth(), other.getWidth()));
      int bottom = Math.min(place[3], Math.min(one.getHeight(), other.getHeight()));
      for (int y = Math.max(0, place[1]); y < bottom; y++) {
        for (int x = Math.max(0, place[0]); x < right; x++) {
          if (change(one.getRGB(x, y), other.getRGB(x, y)) > LEAST_CHANGE) {
            changed++;
          }
        }
      }
    }
    return changed > LEAST_SHARE * area;
  }

  private static int change(int one, int other) {
    int most = 0;
    for (int shift = 0; shift < 24; shift += 8) {
      most = Math.max(most, Math.abs((one >> shift & 255) - (other >> shift & 255)));
    }
    return most;
  }

  private BufferedImage picture() {
    byte[] png =
        page.screenshot(
            new Page.ScreenshotOptions()
                .setFullPage(true)
                .setAnimations(ScreenshotAnimations.DISABLED));
    try {
      return ImageIO.read(new ByteArrayInputStream(png));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] grey() {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64; i++) {
      image.setRGB(i % 8, i / 8, 0x808080);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Override
  public void close() {
    context.close();
  }
}
