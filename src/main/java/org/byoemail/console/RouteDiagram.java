package org.byoemail.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.byoemail.platform.routes.RouteSource;
import org.byoemail.platform.routes.RouteStep;
import org.springframework.web.util.HtmlUtils;

/**
 * Draws a route as SVG, from top to bottom: steps inside a step are in its frame, and the branches
 * of a choice side by side. Colours come from the page's stylesheet; text is escaped.
 */
final class RouteDiagram {
  private static final int WIDTH = 230;

  /** Wider diagrams shrink to the page, as long as they stay readable. */
  private static final int WIDE = 980;

  private static final int HEIGHT = 46;
  private static final int GAP = 22;
  private static final int PAD = 14;
  private static final int HEAD = 30;
  private static final int MARGIN = 4;
  private static final int LETTER = 7;
  private static final Set<String> BRANCHING = Set.of("choice", "multicast", "doTry");
  private static final Set<String> CALLS = Set.of("to", "toD", "wireTap", "enrich", "pollEnrich");

  private final StringBuilder svg = new StringBuilder();
  private final String routes;

  private RouteDiagram(String routes) {
    this.routes = routes;
  }

  /**
   * @param routes the address of the page of routes, to which {@code /} and an id is added
   */
  static String of(RouteSource route, String routes) {
    return new RouteDiagram(routes).draw(route);
  }

  private record Size(int width, int height) {}

  private String draw(RouteSource route) {
    List<RouteStep> all = new ArrayList<>();
    all.add(route.from());
    all.addAll(route.steps());
    Size main = column(all);
    Size failures = column(route.onFailure());
    int aside = route.onFailure().isEmpty() ? 0 : failures.width() + 2 * GAP;
    int width = main.width() + aside + 2 * MARGIN;
    int height =
        Math.max(main.height(), route.onFailure().isEmpty() ? 0 : failures.height() + HEAD)
            + 2 * MARGIN;
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"%s\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" role=\"img\" aria-label=\"%s\">",
            width > WIDE ? "route wide" : "route",
            width,
            height,
            width,
            height,
            text("Diagram of the route " + route.id() + "; its YAML is below")));
    column(all, MARGIN, MARGIN, main.width());
    if (!route.onFailure().isEmpty()) {
      int x = MARGIN + main.width() + 2 * GAP;
      words("aside", x, MARGIN + HEAD / 2, "if a step fails");
      column(route.onFailure(), x, MARGIN + HEAD, failures.width());
    }
    return svg.append("</svg>").toString();
  }

  private static Size column(List<RouteStep> steps) {
    int width = 0;
    int height = 0;
    for (RouteStep step : steps) {
      Size size = size(step);
      width = Math.max(width, size.width());
      height += size.height() + (height == 0 ? 0 : GAP);
    }
    return new Size(Math.max(width, WIDTH), height);
  }

  private static Size size(RouteStep step) {
    if (step.steps().isEmpty()) {
      return new Size(WIDTH, HEIGHT);
    }
    if (BRANCHING.contains(step.kind())) {
      int width = 0;
      int height = 0;
      for (RouteStep branch : step.steps()) {
        Size size = size(branch);
        width += size.width() + (width == 0 ? 0 : PAD);
        height = Math.max(height, size.height());
      }
      return new Size(width + 2 * PAD, height + HEAD + PAD);
    }
    Size inside = column(step.steps());
    return new Size(inside.width() + 2 * PAD, inside.height() + HEAD + PAD);
  }

  private void column(List<RouteStep> steps, int left, int top, int width) {
    int y = top;
    int middle = left + width / 2;
    for (int i = 0; i < steps.size(); i++) {
      RouteStep step = steps.get(i);
      Size size = size(step);
      if (i > 0) {
        arrow(middle, y - GAP, y);
      }
      step(step, middle - size.width() / 2, y, size);
      y += size.height() + GAP;
    }
  }

  private void step(RouteStep step, int x, int y, Size size) {
    if (step.steps().isEmpty()) {
      leaf(step, x, y);
      return;
    }
    frame("frame", x, y, size.width(), size.height());
    words("kind", x + PAD, y + HEAD - 10, label(step, size.width() - 2 * PAD));
    if (BRANCHING.contains(step.kind())) {
      int at = x + PAD;
      for (RouteStep branch : step.steps()) {
        Size inner = size(branch);
        step(branch, at, y + HEAD, inner);
        at += inner.width() + PAD;
      }
    } else {
      column(step.steps(), x + PAD, y + HEAD, size.width() - 2 * PAD);
    }
  }

  private void leaf(RouteStep step, int x, int y) {
    String tone =
        step.kind().equals("from") ? "from" : CALLS.contains(step.kind()) ? "call" : "step";
    boolean linked = step.route() != null;
    if (linked) {
      svg.append("<a href=\"").append(text(routes + "/" + step.route())).append("\">");
    }
    svg.append("<g><title>").append(text(step.kind() + " " + step.words())).append("</title>");
    frame(tone, x, y, WIDTH, HEIGHT);
    words("kind", x + PAD, y + 18, cut(step.kind() + shownId(step), WIDTH - 2 * PAD));
    words("what", x + PAD, y + 36, cut(step.words(), WIDTH - 2 * PAD));
    svg.append("</g>");
    if (linked) {
      svg.append("</a>");
    }
  }

  /** Ids generated by Camel have no meaning. */
  private static String shownId(RouteStep step) {
    return step.id().matches("(?i)" + step.kind() + "\\d*") || step.id().equals("null")
        ? ""
        : " · " + step.id();
  }

  private static String label(RouteStep step, int width) {
    return cut(step.kind() + (step.words().isEmpty() ? "" : " " + step.words()), width);
  }

  private static String cut(String words, int width) {
    int most = width / LETTER;
    return words.length() <= most ? words : words.substring(0, Math.max(1, most - 1)) + "…";
  }

  private void arrow(int x, int from, int to) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<path class=\"arrow\" d=\"M%d %d V%d M%d %d l4 -6 h-8 z\"/>",
            x,
            from,
            to - 6,
            x,
            to));
  }

  private void frame(String tone, int x, int y, int width, int height) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"7\"/>",
            tone,
            x,
            y,
            width,
            height));
  }

  private void words(String tone, int x, int y, String words) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>",
            tone,
            x,
            y,
            text(words)));
  }

  private static String text(String words) {
    return HtmlUtils.htmlEscape(words, "UTF-8");
  }
}
