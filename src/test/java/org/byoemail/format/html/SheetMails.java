package org.byoemail.format.html;

import java.util.List;
import java.util.Random;

/**
 * Mails of another make: trees that grow at random, styled by a sheet whose rules compete by type,
 * class, id, attribute, place and importance.
 */
final class SheetMails {
  private static final List<String> HIDING =
      List.of(
          "display:none",
          "visibility:hidden",
          "opacity:0",
          "font-size:0",
          "font-size:.5px",
          "color:#fff;background-color:#fff",
          "color:var(--paper);background:var(--paper)",
          "max-height:0;overflow:hidden;display:block",
          "height:0;overflow:hidden;display:block",
          "position:absolute;left:-3000px",
          "position:absolute;top:-8000px",
          "display:block;text-indent:-9000px",
          "transform:scale(0,0);display:block",
          "clip-path:inset(50%);display:block",
          "-webkit-text-fill-color:transparent",
          "position:absolute;clip:rect(0 0 0 0)",
          "display:block;width:0;overflow:hidden",
          "font:normal 0 sans-serif",
          "opacity:.02",
          "color:rgb(255 255 255 / 0%)",
          "display:block;margin-left:-4000px",
          "display:block;overflow:hidden;line-height:0");

  private static final List<String> SHOWING =
      List.of(
          "color:#333",
          "padding:4px",
          "font-weight:bold",
          "font-size:14px",
          "display:block",
          "text-align:center",
          "background:#eee",
          "color:#fff;background:#036",
          "border:1px solid #ccc",
          "margin:6px 0",
          "opacity:.8",
          "font:italic 13px/18px Georgia,serif",
          "visibility:visible",
          "line-height:1.4",
          "letter-spacing:1px",
          "text-transform:uppercase",
          "color:#fff;background:#036 url(https://img.example/c.png)",
          "overflow:hidden",
          "text-decoration:underline",
          "display:inline-block",
          "max-width:100%",
          "background:linear-gradient(#fff,#eee);color:#111",
          "-webkit-text-size-adjust:100%");

  private static final List<String> TAGS =
      List.of("div", "p", "span", "td", "section", "b", "li", "h3", "em", "article");

  private final Random random;
  private final Sentences says;
  private StringBuilder sheet = new StringBuilder();
  private int names;

  SheetMails(long seed) {
    random = new Random(seed);
    says = new Sentences(random, 500_000);
  }

  private String any(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  String next() {
    return next(random.nextInt(5) < 2);
  }

  /** A mail that hides nothing. */
  String honest() {
    return next(true);
  }

  private String next(boolean honest) {
    sheet =
        new StringBuilder(
            ":root{--paper:#ffffff}\n/* base */ body{font-family:Helvetica;color:#222}\n");
    StringBuilder body = new StringBuilder();
    int blocks = 3 + random.nextInt(5);
    for (int i = 0; i < blocks; i++) {
      body.append(block(honest, 0));
    }
    String doctype = random.nextInt(3) == 0 ? "" : "<!DOCTYPE html>";
    return doctype
        + "<html><head><style type=\"text/css\">"
        + sheet
        + "</style></head><body>"
        + body
        + "</body></html>";
  }

  private String block(boolean honest, int depth) {
    String tag = any(TAGS);
    String name = "n" + names++;
    boolean hides = !honest && random.nextInt(4) == 0;
    String inner =
        depth < 3 && random.nextInt(3) > 0
            ? block(honest, depth + 1) + (random.nextBoolean() ? block(honest, depth + 1) : "")
            : "";
    String text = (hides && random.nextBoolean() ? says.hostile() : says.honest()) + " ";
    String attributes = rule(tag, name, hides ? any(HIDING) : any(SHOWING), hides);
    String element = "<" + tag + attributes + ">" + text + inner + "</" + tag + ">";
    return tag.equals("td")
        ? "<table><tr>" + element + "</tr></table>"
        : tag.equals("li") ? "<ul>" + element + "</ul>" : element;
  }

  /** Writes a rule that reaches the element, and perhaps one that wins or loses against it. */
  private String rule(String tag, String name, String declared, boolean hides) {
    String important = declared.replace(";", "!important;") + "!important";
    switch (random.nextInt(11)) {
      case 0 -> {
        return " style=\"" + declared + "\"";
      }
      case 1 -> {
        css("." + name, declared);
        return " class='a " + name + "'";
      }
      case 2 -> {
        css("#" + name, declared);
        css("." + name, "display:block;color:#000");
        return " id=" + name + " class=" + name;
      }
      case 3 -> {
        css(tag + "[data-x='" + name + "']", declared);
        return " data-x='" + name + "'";
      }
      case 4 -> {
        css("body ." + name, declared);
        css("." + name, "color:#111");
        return " class=" + name;
      }
      case 5 -> {
        css("." + name, important);
        return " class="
            + name
            + " style='display:block;font-size:15px;color:#222;visibility:visible'";
      }
      case 6 -> {
        sheet
            .append("@media screen and (min-width:100px){.")
            .append(name)
            .append('{')
            .append(declared)
            .append("}}\n");
        return " class=" + name;
      }
      case 7 -> {
        // For one width only: seen in the other.
        sheet.append("@media (max-width:").append(300 + 300 * random.nextInt(2)).append("px){.");
        sheet.append(name).append('{').append(important).append("}}\n");
        return " class=" + name;
      }
      case 8 -> {
        sheet
            .append("@media (prefers-color-scheme:dark){.")
            .append(name)
            .append("{display:none}}\n");
        sheet.append("@media print{.").append(name).append("{display:none}}\n");
        css("html>body [class^='" + name + "']", declared);
        return " class='" + name + "-x'";
      }
      case 9 -> {
        css("." + name + ":hover,." + name + "::unknown-thing", "display:none");
        css("." + name + ":not(.other)", declared);
        return " class=" + name;
      }
      default -> {
        css("p." + name + " , " + tag + "." + name, declared + ";;bad declaration;color");
        return " class=" + name;
      }
    }
  }

  private void css(String selector, String declared) {
    sheet
        .append(selector)
        .append(" {")
        .append(declared)
        .append(random.nextBoolean() ? ";" : "")
        .append("}\n");
  }
}
