package org.byoemail.format.html;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Styles and markup made to exhaust their reader: processor time and memory are bounded. */
class HostileStylesTest {
  private static final int SIZE = 500_000;
  private static final Duration BOUND = Duration.ofSeconds(2);
  private static final long MEMORY = 100L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @BeforeAll
  static void warmUp() {
    VisibleHtml.read("<style>.a{color:red}</style><p class=a>x");
  }

  private static VisibleText read(String html) {
    long time = THREADS.getCurrentThreadCpuTime();
    long memory = THREADS.getCurrentThreadAllocatedBytes();

    VisibleText read = VisibleHtml.read(html);

    assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - time)).isLessThan(BOUND);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - memory)
        .isLessThan(MEMORY + 12L * html.length());
    return read;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "}",
        "a{",
        "@media{",
        "@media (min-width:1px){",
        "a(",
        "a{b:c}",
        "a,",
        "a[",
        "/*",
        "\\",
        "a{b:f(",
        "a{color:red;",
        "@import x;",
        "a b ",
        "a>b~c+d ",
        "\"",
        "<!--",
        ":not(",
        "a:not(b){color:red}",
        "--a:var(--a);",
        "a{color:var(--a)}",
        ".a .a .a .a{color:red}",
        "a{background:a b c d e f g}",
        "a{font-size:calc(1px + 2px * 3)}",
        "*{color:#ffffff}",
        "a{transform:scale(",
        ":nth-child(2n+1){opacity:0}"
      })
  void noStyleSheetIsTooMuch(String unit) {
    String css = unit.repeat(SIZE / unit.length());

    VisibleText read = read("<style>" + css + "</style><p>seen");

    assertThat(read.text())
        .satisfiesAnyOf(
            text -> assertThat(text).contains("seen"), text -> assertThat(text).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<div class=a>",
        "<p style='color:red;font-size:2px'>x",
        "<p id=a class='a b c d'>x</p>",
        "<b>x<br>",
        "<!--[if mso]><p>x</p><![endif]-->",
        "<!-- x y -->",
        "<a href='https://a.example'>b.example</a>",
        "<blockquote type=cite>x",
        "<select><option>x",
        "<details><p>x",
        "<img alt=x>",
        "<table><tr><td>x",
        "<p style='text-indent:-9999px'>x</p>",
        "<div style='overflow:hidden'><p style='height:0'>x"
      })
  void noMarkupWithManyRulesIsTooMuch(String unit) {
    StringBuilder css = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      css.append(".a div p .b:nth-child(")
          .append(i)
          .append(") ~ .a{color:#")
          .append(100 + i % 800)
          .append("}p{margin:0}");
    }
    String html = "<style>" + css + "</style>";

    read(html + unit.repeat((SIZE - html.length()) / unit.length()));
  }

  @Test
  void deepPagesAreRead() {
    String html = "<div style='color:#333'>".repeat(20_000) + "deep";

    assertThat(read(html).text()).isEqualTo("deep");
  }

  /** Selectors of which one comparison is work: each of them took many seconds. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*:not(:nth-child(n+400)):not(:nth-child(n+400)):not(:nth-child(n+400))",
        ":first-of-type",
        ":is(p ~ p ~ p ~ q,p ~ p ~ p ~ q,p ~ p ~ p ~ q,p ~ p ~ p ~ q)",
        ":MATCHES(:IS(:MATCHES(:IS(:MATCHES(:IS(a,b),c),d),e),f),g)",
        "*:not(a)",
        ":hover *,[a]",
        "[title*='zzzzzzzzzzzzzzzy']",
        "[title*='zy' i]",
        "p:not(.y):not(.x)",
        "x ~ p"
      })
  void noSelectorIsTooMuch(String selector) {
    String css = (selector + "{color:red}").repeat(250_000 / (selector.length() + 11));
    String start = "<!doctype html><style>" + css + "</style>";
    int room = SIZE - start.length();

    read(start + "<p>".repeat(room / 3));
    read(start + "<p title='" + "z".repeat(room) + "'>x");
    read(start + "<p class='" + "z ".repeat(room / 2) + "'>x");
    read(start + "<!---->".repeat(room / 14) + "<p>".repeat(room / 6));
  }

  @ParameterizedTest
  @ValueSource(strings = {":IS(", "a[b=' ", "a[b='"})
  void noPartOfASelectorIsTooMuch(String part) {
    String nested = part.startsWith(":") ? part.repeat(20_000) + "a" + ")".repeat(20_000) : part;
    String blanks = part.startsWith(":") ? "" : " ".repeat(250_000) + "x']";

    read("<style>" + nested + blanks + "{color:red}</style><p>x");
  }

  @Test
  void childrenOfWhichOneIsShownAreLookedThroughOnce() {
    read("<select>" + "<option>".repeat(SIZE / 8));
    read("<details>" + "<b></b>".repeat(20_000) + "<summary></summary>".repeat(18_000));
  }

  @Test
  void alternativesOfPicturesAreBounded() {
    VisibleText read = read("<p>x" + ("<img alt='" + "a".repeat(190) + "'>").repeat(2_000));

    assertThat(read.alternatives()).hasSizeBetween(300, 400);
    assertThat(read.whole()).isFalse();
  }
}
