package org.byoemail.outbound.composition;

import static org.assertj.core.api.Assertions.assertThat;

import org.byoemail.outbound.composition.BodyParts.Format;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyPartsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Hello,\n\nHow are you? 2 * 3 * 4 = 24, a_b_c < d > e.\n-- \nAda",
        "Ask <ada@example.org> (or see https://x.test/a_b_c).",
        "3 < 4 and 5 > 4",
        "See __init__.py and *this* `file`.",
        "2027. A good year.",
        "1. First of all: no.\n\nAnd 2) neither.",
        "- no list, only one item",
        "> You wrote this.\n\nYes.",
        "a **b",
        "Call f[0](x) or [not a link](maybe).",
        ""
      })
  void plainTextStaysAlone(String body) {
    assertThat(of(body)).isEqualTo(new BodyParts(body, null));
  }

  @Test
  void markdownBecomesBothParts() {
    BodyParts parts =
        BodyParts.of(
            "# Offer\n\nHello **you**, see [it](https://x.test).\n\n- one\n- two\n",
            Format.MARKDOWN);

    assertThat(parts.html())
        .contains(
            "<h1>Offer</h1>",
            "<strong>you</strong>",
            "<a ",
            "href=\"https://x.test\"",
            "<li>one</li>");
    assertThat(parts.text())
        .contains("Offer", "Hello you,", "https://x.test", "- one")
        .doesNotContain("**");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# Offer\n\nIt is __init__.py.",
        "Hello **you**",
        "- one\n- two",
        "1. one\n2. two",
        "See [it](https://x.test/a).",
        "```\ncode\n```",
        "| a | b |\n|---|---|\n| 1 | 2 |"
      })
  void markdownBeyondDoubtKeepsItsText(String body) {
    BodyParts parts = of(body);

    assertThat(parts.text()).isEqualTo(body);
    assertThat(parts.html()).isNotNull();
  }

  @Test
  void formatThatIsAskedForIsNotDetected() {
    assertThat(BodyParts.of("**a** <b>c</b>", Format.TEXT))
        .isEqualTo(new BodyParts("**a** <b>c</b>", null));
    assertThat(BodyParts.of("a *b*", Format.MARKDOWN).html()).contains("<em>b</em>");
    assertThat(BodyParts.of("a &amp; b", Format.HTML))
        .isEqualTo(new BodyParts("a & b\n", "a &amp; b"));
  }

  @Test
  void plainTextOfMarkdownIsReadable() {
    String markdown =
        """
        See [the site](https://x.test), <https://y.test> and ![a map](cid:map).
        Second line.

        > quoted
        > twice

        3. three
        4. four
           - inner

        | a | b |
        |---|---|
        | 1 | 2 |

        Ada
        --\s
        Ada Lovelace
        London
        """;

    BodyParts parts = BodyParts.of(markdown, Format.MARKDOWN);

    assertThat(parts.text())
        .isEqualTo(
            """
            See the site <https://x.test>, https://y.test and a map.
            Second line.

            > quoted
            > twice

            3. three
            4. four
               - inner

            a | b
            1 | 2

            Ada

            --\s
            Ada Lovelace
            London
            """);
    assertThat(parts.html())
        .contains("<table border=\"1\"", "<p>Ada</p>", "Ada Lovelace<br />", "Second line.");
  }

  @Test
  void plainTextOfNestedListsIsNotManyTimesAsLong() {
    StringBuilder body = new StringBuilder();
    for (int level = 0; level < 8; level++) {
      body.append(" ".repeat(98 * level)).append("- ".repeat(49)).append("x\n");
    }
    body.append("b\n".repeat(20_000));

    BodyParts parts = BodyParts.of(body.toString(), BodyParts.Format.MARKDOWN);

    assertThat(parts.text().length()).isLessThan(5 * body.length() + (64 << 10));
  }

  @Test
  void lastMarkOfASignatureCounts() {
    String marks = "--\n".repeat(30_000);
    BodyParts parts = BodyParts.of("# Hello\n\n" + marks + "Ann\n", BodyParts.Format.MARKDOWN);

    assertThat(parts.text()).endsWith("\n-- \nAnn\n");
    assertThat(BodyParts.of("-- \nAnn", BodyParts.Format.MARKDOWN).html()).contains("-- <br />");
  }

  @Test
  void markdownHasTables() {
    assertThat(of("| a | b |\n|---|---|\n| 1 | 2 |\n").html()).contains("<table ", "<td>1</td>");
  }

  @Test
  void htmlInMarkdownIsEscapedAndScriptsAreNoTargets() {
    BodyParts parts = of("**a** <x onclick=1> [b](javascript:alert) ![c](cid:logo)");

    assertThat(parts.html())
        .contains("&lt;x onclick", "src=\"cid:logo\"")
        .doesNotContain("<x ", "javascript:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE html><html><body><p>Hello <b>you</b></p></body></html>",
        "<p>Hello <b>you</b>",
        "Hello <b>you</b>",
        "\n  <div>Hello you</div>"
      })
  void htmlGetsText(String body) {
    BodyParts parts = of(body);

    assertThat(parts.html()).isEqualTo(body);
    assertThat(parts.text()).isEqualTo("Hello you\n");
  }

  @Test
  void markdownAboutHtmlIsMarkdown() {
    assertThat(of("Close it: `</p>`\n\n```\n<div></div>\n```\n").html())
        .contains("<code>&lt;/p&gt;</code>");
  }

  @Test
  void givenPartsStayAsTheyAre() {
    assertThat(BodyParts.of("a\r\nb", "<p>c")).isEqualTo(new BodyParts("a\nb", "<p>c"));
  }

  @ParameterizedTest
  @ValueSource(strings = {">", "> ", "[", "* ", "<", "`", "[a](", "**a *b ", "1) "})
  void hostileMarkdownEnds(String unit) {
    String body = unit.repeat(100_000 / unit.length()) + " b* a** **x**";

    assertThat(of(body).text()).isNotEmpty();
  }

  private static BodyParts of(String body) {
    return BodyParts.of(body, Format.AUTO);
  }
}
