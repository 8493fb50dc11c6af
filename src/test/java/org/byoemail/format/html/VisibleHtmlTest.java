package org.byoemail.format.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.byoemail.format.html.HiddenText.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a browser paints is checked by {@link PaintedTextTest}; here is how it is written down. */
class VisibleHtmlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "display:none | DISPLAY",
        "visibility:hidden | VISIBILITY",
        "opacity:0 | OPACITY",
        "font-size:0 | FONT_SIZE",
        "color:#fffffe | COLOR",
        "position:absolute;left:-9999px | OFF_SCREEN",
        "max-height:0;overflow:hidden | CLIPPED"
      })
  void hiddenWordsAreKeptApartWithWhatHidesThem(String style, Source source) {
    VisibleText read = VisibleHtml.read("<p>seen</p><div style='" + style + "'>unseen</div>");

    assertThat(read.text()).isEqualTo("seen");
    assertThat(read.hidden()).containsExactly(new HiddenText(source, "unseen"));
  }

  @Test
  void backgroundOfAnInlineElementIsBehindItsLinesOnly() {
    String inline = "<p>x</p><span style='background:#036;color:#fff'>a%s</span>";

    assertThat(VisibleHtml.read(inline.formatted("<b style='display:inline-block'>b</b>")).text())
        .isEqualTo("x\n\nab");
    assertThat(VisibleHtml.read(inline.formatted("<div>b</div>")).text()).isEqualTo("x\n\na");
  }

  @Test
  void hiddenFirstWordsAreThePreheader() {
    String filler = "&#847;&zwnj;&nbsp;".repeat(100);

    VisibleText read =
        VisibleHtml.read(
            "<div style='display:none'>Sale ends today</div><div style='display:none'>"
                + filler
                + "</div><p>Hello</p>");

    assertThat(read.preheader()).isEqualTo("Sale ends today");
    assertThat(read.text()).isEqualTo("Hello");
    assertThat(read.hidden()).isEmpty();
  }

  @Test
  void longHiddenStartIsNoPreheader() {
    VisibleText read =
        VisibleHtml.read("<div hidden>" + "words of a text ".repeat(30) + "</div><p>Hello</p>");

    assertThat(read.preheader()).isEmpty();
    assertThat(read.hidden()).extracting(HiddenText::source).containsExactly(Source.DISPLAY);
  }

  @Test
  void whatIsSaidForEitherWidthIsSaidOnce() {
    VisibleText read =
        VisibleHtml.read(
            "<style>.phone{display:none}@media(max-width:480px){.phone{display:block}.wide{display:none}}</style>"
                + "<p class=wide>Order 12</p><p class=phone>Order 12</p><p class=phone>Call us</p>");

    assertThat(read.text()).isEqualTo("Order 12\n\nCall us");
    assertThat(read.hidden()).isEmpty();
  }

  @Test
  void commentsForOutlookAndOthersAreKeptApart() {
    VisibleText read =
        VisibleHtml.read(
            "<!--[if mso]><xml><a>96</a></xml><p>for Outlook</p><![endif]--><!-- a remark --><!--[if !mso]><!--><p>seen</p><!--<![endif]-->");

    assertThat(read.text()).isEqualTo("seen");
    assertThat(read.hidden())
        .extracting(HiddenText::source, HiddenText::text)
        .containsExactly(tuple(Source.MSO, "for Outlook"), tuple(Source.COMMENT, "a remark"));
  }

  @Test
  void picturesAreTheirAlternativeText() {
    VisibleText read =
        VisibleHtml.read(
            "<img alt='Logo of Acme'><img alt=''><p>x<img alt='" + "y".repeat(400) + "'></p>");

    assertThat(read.text())
        .isEqualTo("[image: Logo of Acme]\n\nx [image: " + "y".repeat(200) + "]");
    assertThat(read.alternatives()).hasSize(2);
  }

  @Test
  void linksShowTheirTargetAndHiddenOnesNothing() {
    VisibleText read =
        VisibleHtml.read(
            "<a href='https://a.example/x'>our page</a> <a style='display:none' href='https://b.example'>unseen</a>");

    assertThat(read.text()).isEqualTo("our page <https://a.example/x>");
    assertThat(read.links()).containsExactly(new DisplayedLink("our page", "https://a.example/x"));
  }

  @Test
  void quotedLinesAreMarked() {
    VisibleText read =
        VisibleHtml.read(
            "<p>Yes.</p><div>On Monday, Ann wrote:</div><blockquote type=cite><p>When?</p><p>Where?</p></blockquote>");

    assertThat(read.text()).isEqualTo("Yes.\n\nOn Monday, Ann wrote:\n\n> When?\n>\n> Where?");
  }

  @Test
  void scriptsAndFormsAreSeenForWhatTheyAre() {
    assertThat(VisibleHtml.read("<script>x()</script>").script()).isTrue();
    assertThat(VisibleHtml.read("<p onclick='x()'>y").script()).isTrue();
    assertThat(VisibleHtml.read("<script type='application/ld+json'>{}</script>").script())
        .isFalse();
    assertThat(VisibleHtml.read("<form action=x><input name=a></form>").form()).isTrue();
    assertThat(VisibleHtml.read("<p>online</p>").form()).isFalse();
  }

  @Test
  void stylesBeyondTheBoundsAreMentioned() {
    String rules = ".a{color:red}".repeat(9_000);

    assertThat(VisibleHtml.read("<style>" + rules + "</style><p>x").whole()).isFalse();
    assertThat(VisibleHtml.read("<p>x").whole()).isTrue();
  }
}
