package org.byoemail.outbound.composition;

import static org.assertj.core.api.Assertions.assertThat;

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
        ""
      })
  void plainTextStaysAlone(String body) {
    assertThat(BodyParts.detect(body)).isEqualTo(new BodyParts(body, null));
  }

  @Test
  void markdownBecomesBothParts() {
    BodyParts parts =
        BodyParts.detect("# Offer\n\nHello **you**, see [it](https://x.test).\n\n- one\n- two\n");

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

  @Test
  void markdownHasTables() {
    assertThat(BodyParts.detect("| a | b |\n|---|---|\n| 1 | 2 |\n").html())
        .contains("<table>", "<td>1</td>");
  }

  @Test
  void htmlInMarkdownIsEscapedAndScriptsAreNoTargets() {
    BodyParts parts = BodyParts.detect("**a** <x onclick=1> [b](javascript:alert) ![c](cid:logo)");

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
    BodyParts parts = BodyParts.detect(body);

    assertThat(parts.html()).isEqualTo(body);
    assertThat(parts.text()).isEqualTo("Hello you\n");
  }

  @Test
  void markdownAboutHtmlIsMarkdown() {
    assertThat(BodyParts.detect("Close it: `</p>`\n\n```\n<div></div>\n```\n").html())
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

    assertThat(BodyParts.detect(body).text()).isNotEmpty();
  }
}
