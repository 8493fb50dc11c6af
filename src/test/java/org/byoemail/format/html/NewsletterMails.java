package org.byoemail.format.html;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Mails put together from the layouts and tricks that are found in the wild, mostly inline. */
final class NewsletterMails {
  private final Random random;
  private final Sentences says;

  NewsletterMails(long seed) {
    random = new Random(seed);
    says = new Sentences(random, 1000);
  }

  private static UnaryOperator<String> styled(String style) {
    return text -> "<div style=\"" + style + "\">" + text + "</div>";
  }

  private static UnaryOperator<String> span(String style) {
    return text -> "<span style='" + style + "'>" + text + "</span>";
  }

  /** Each hides what it is put around. */
  private static final List<UnaryOperator<String>> TRICKS =
      List.of(
          styled("display:none"),
          styled("display:none !important;mso-hide:all"),
          styled("DISPLAY : None"),
          span("display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px"),
          styled("visibility:hidden"),
          styled("visibility:collapse"),
          styled("opacity:0"),
          styled("opacity:0.01"),
          styled("opacity:0%"),
          styled("filter:opacity(0)"),
          styled("font-size:0"),
          span("font-size:0px"),
          span("font-size:1px"),
          span("font:0/0 a"),
          span("font-size:0.01em"),
          styled("color:#ffffff"),
          span("color:white"),
          span("color:#FEFEFE"),
          span("color:rgb(255,255,255)"),
          span("color:rgba(0,0,0,0)"),
          span("color:transparent"),
          span("color:hsl(0,0%,100%)"),
          text -> "<font color=white>" + text + "</font>",
          text ->
              "<table bgcolor='#336699'><tr><td><font color='#336699'>"
                  + text
                  + "</font></td></tr></table>",
          styled("background:#222;color:#222222"),
          styled("background-color:black;color:#000"),
          styled("position:absolute;left:-9999px"),
          styled("position:absolute;top:-9999px"),
          styled("position:fixed;left:-5000px;top:0"),
          styled("position:relative;left:-9999px"),
          styled("margin-left:-9999px"),
          styled("text-indent:-9999px"),
          styled("transform:scale(0)"),
          styled("transform:translateX(-9999px)"),
          styled("position:absolute;clip:rect(0,0,0,0)"),
          styled(
              "position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(1px,1px,1px,1px)"),
          styled("clip-path:inset(100%)"),
          styled("clip-path:circle(0)"),
          styled("max-height:0;overflow:hidden"),
          styled("height:0px;overflow:hidden"),
          styled("width:0;overflow:hidden"),
          styled("max-height:0;max-width:0;opacity:0;overflow:hidden"),
          styled("line-height:0;overflow:hidden"),
          styled("display:inline-block;width:0;height:0;overflow:hidden"),
          text -> "<div hidden>" + text + "</div>",
          text -> "<details><summary>More</summary><p>" + text + "</p></details>",
          text -> "<template><p>" + text + "</p></template>",
          text -> "<!-- " + text + " -->",
          text -> "<!--[if mso]><table><tr><td>" + text + "</td></tr></table><![endif]-->",
          text -> "<noembed>" + text + "</noembed>",
          text -> "<iframe>" + text + "</iframe>",
          text -> "<title>" + text + "</title>",
          text -> "<div style='content-visibility:hidden'>" + text + "</div>",
          text -> "<div style='display:\\6eone'>" + text + "</div>",
          text -> "<div style='/* x */display:/* y */none'>" + text + "</div>",
          text -> "<div style='display:block;display:none'>" + text + "</div>",
          text -> "<div style='display:none;display:nothing'>" + text + "</div>",
          text -> "<div style='display:none!important;display:block'>" + text + "</div>");

  /** Each looks like a trick, or is usual, and shows what it is put around. */
  private static final List<UnaryOperator<String>> SHOWN =
      List.of(
          styled("padding:10px"),
          styled("font-size:0;text-align:center").andThen(x -> x)::apply,
          text ->
              "<div style='font-size:0'><div style='font-size:16px;display:inline-block'>"
                  + text
                  + "</div></div>",
          text ->
              "<div style='visibility:hidden'><span style='visibility:visible'>"
                  + text
                  + "</span></div>",
          text -> "<div style='line-height:0'><p style='line-height:20px'>" + text + "</p></div>",
          styled("overflow:hidden"),
          styled("mso-hide:all"),
          text -> "<span style='max-height:0;overflow:hidden'>" + text + "</span>",
          text -> "<span style='width:0;height:0;overflow:hidden'>" + text + "</span>",
          styled("height:0;margin-bottom:60px"),
          styled("color:#fff;background:#0a4"),
          styled("color:#fff;background:url(https://img.example/a.png)"),
          styled("color:#fff;background-image:linear-gradient(#000,#333)"),
          text ->
              "<table bgcolor=navy><tr><td style='color:#ffffff'>" + text + "</td></tr></table>",
          text ->
              "<table background='https://img.example/b.png'><tr><td style='color:#ffffff'>"
                  + text
                  + "</td></tr></table>",
          text -> "<div style='color:#fff'><a href='https://shop.example/x'>" + text + "</a></div>",
          text -> "<div style='color:#fff'><span style='background:#c00'>" + text + "</span></div>",
          styled("opacity:0.6"),
          styled("position:relative;left:10px;top:-2px"),
          styled("margin-left:-4px"),
          styled("text-indent:20px"),
          styled("transform:rotate(2deg)"),
          text -> "<div aria-hidden='true'>" + text + "</div>",
          text -> "<details open><summary>More</summary><p>" + text + "</p></details>",
          text -> "<noscript>" + text + "</noscript>",
          text -> "<!--[if !mso]><!--><div>" + text + "</div><!--<![endif]-->",
          text -> "<div style='display:none;display:block'>" + text + "</div>",
          text -> "<div style='display:none;display:block !important'>" + text + "</div>",
          text -> "<div style='color:#777777;font-size:11px'>" + text + "</div>",
          text -> "<font size=1 color='#999999'>" + text + "</font>",
          text -> "<pre>" + text + "</pre>",
          text -> "<div dir=rtl>" + text + "</div>",
          text -> "<center><b>" + text + "</b></center>",
          text -> "<h2 style='margin:0'>" + text + "</h2>",
          text -> "<blockquote type=cite>" + text + "</blockquote>",
          text -> "<ul><li>" + text + "<li>" + text + "</ul>",
          text -> "<p class=MsoNormal><o:p>" + text + "</o:p></p>",
          text -> "<div style='max-height:0;overflow:visible'>" + text + "</div>",
          text -> "<div style='height:0;overflow:hidden;padding-bottom:40px'>" + text + "</div>");

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** The next mail: two in five are honest throughout. */
  String next() {
    return next(random.nextInt(5) < 2);
  }

  /** A mail that hides nothing but its preheader. */
  String honest() {
    return next(true);
  }

  private String next(boolean honest) {
    List<String> parts = new ArrayList<>();
    int count = 3 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      parts.add(honest || random.nextInt(3) > 0 ? shown() : hidden());
    }
    return layout(parts);
  }

  private String shown() {
    UnaryOperator<String> around = any(SHOWN);
    if (around == SHOWN.get(1)) {
      around = SHOWN.get(0);
    }
    String text = says.honest();
    return random.nextInt(4) == 0
        ? any(SHOWN.subList(2, 8)).apply(around.apply(text))
        : around.apply(text);
  }

  private String hidden() {
    String text = any(TRICKS).apply(random.nextBoolean() ? says.hostile() : says.honest());
    return random.nextInt(4) == 0 ? any(TRICKS).apply(text) : text;
  }

  private String layout(List<String> parts) {
    List<Supplier<String>> layouts =
        List.of(
            () -> "<html><body>" + String.join("\n", parts) + "</body></html>",
            () ->
                "<!DOCTYPE html><html><head><meta charset=utf-8><title>News</title></head><body style=\"margin:0;background:#f4f4f4\">"
                    + preheader()
                    + "<table width=100% cellpadding=0><tr><td align=center><table width=600 bgcolor='#ffffff'>"
                    + rows(parts)
                    + "</table></td></tr></table></body></html>",
            () -> twoColumns(parts),
            () ->
                "<div dir=ltr>"
                    + String.join("<br>", parts)
                    + "</div><br><div class=gmail_quote><div dir=ltr class=gmail_attr>"
                    + says.honest()
                    + "</div><blockquote class=gmail_quote style='margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex'>"
                    + says.honest()
                    + "</blockquote></div>",
            () ->
                "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style><!--\n/* Font Definitions */\n"
                    + "@font-face {font-family:Calibri; panose-1:2 15 5 2 2 2 4 3 2 4;}\np.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt;}\n"
                    + "a:link, span.MsoHyperlink {mso-style-priority:99; color:#0563C1;}\n--></style></head><body lang=EN-GB link='#0563C1'><div class=WordSection1>"
                    + String.join("<p class=MsoNormal>&nbsp;</p>", parts)
                    + "</div></body></html>");
    return any(layouts).get();
  }

  private String preheader() {
    return "<div style='display:none;max-height:0;overflow:hidden'>"
        + says.honest()
        + "&nbsp;&zwnj;".repeat(30)
        + "</div>";
  }

  private static String rows(List<String> parts) {
    StringBuilder rows = new StringBuilder();
    parts.forEach(
        part ->
            rows.append("<tr><td style='padding:8px;font-family:Arial'>")
                .append(part)
                .append("</td></tr>"));
    return rows.toString();
  }

  /** Columns that become rows on a phone, with a twin for it. */
  private String twoColumns(List<String> parts) {
    String twin = says.honest();
    return "<!doctype html><html><head><style>"
        + ".m{display:none} @media only screen and (max-width:480px){.m{display:block!important}.d{display:none!important}"
        + ".c{display:block!important;width:100%!important}}"
        + "@media (prefers-color-scheme: dark){body{background:#000!important;color:#fff!important} .c{color:#fff}}"
        + "</style></head><body style='font-size:0'><div class=d style='font-size:14px'>"
        + twin
        + "</div><div class=m style='font-size:14px'>"
        + twin
        + "</div>"
        + parts.stream()
            .map(
                part ->
                    "<div class=c style='display:inline-block;width:280px;font-size:14px;vertical-align:top'>"
                        + part
                        + "</div>")
            .reduce("", String::concat)
        + "</body></html>";
  }
}
