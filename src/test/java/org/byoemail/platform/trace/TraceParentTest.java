package org.byoemail.platform.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String GIVEN = "00-" + TRACE + "-" + SPAN + "-01";

  @Test
  void isReadAndWritten() {
    assertThat(TraceParent.parse(GIVEN)).isEqualTo(new TraceParent(TRACE, SPAN, true));
    assertThat(new TraceParent(TRACE, SPAN, true).text()).isEqualTo(GIVEN).hasSize(55);
    assertThat(new TraceParent(TRACE, SPAN, false).text()).endsWith("-00");
  }

  @Test
  void onlyOneFlagIsKnown() {
    assertThat(TraceParent.parse(GIVEN.replaceAll("01$", "ff")).sampled()).isTrue();
    assertThat(TraceParent.parse(GIVEN.replaceAll("01$", "fe")).sampled()).isFalse();
  }

  @Test
  void laterVersionsMayHaveMoreFields() {
    String later = "cc" + GIVEN.substring(2) + "-what-the-future-holds";

    assertThat(TraceParent.parse(later).text()).isEqualTo(GIVEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
        "00-4bf92f3577b34da6a3ce929d0e0e47\u0661\u0661-00f067aa0ba902b7-01",
      })
  void malformedOneIsIgnored(String given) {
    assertThat(TraceParent.parse(given)).isNull();
  }

  @Test
  void oversizedOneAndOneThatIsNoTextAreIgnored() {
    assertThat(TraceParent.parse("cc" + GIVEN.substring(2) + "-" + "a".repeat(1000))).isNull();
    assertThat(TraceParent.parse(List.of(GIVEN))).isNull();
    assertThat(TraceParent.parse(7L)).isNull();
    assertThat(TraceParent.parse(null)).isNull();
  }
}
