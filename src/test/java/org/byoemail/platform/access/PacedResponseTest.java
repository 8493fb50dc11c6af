package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class PacedResponseTest {
  private static final int SLOWEST = 1000;

  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private long now = TimeUnit.HOURS.toNanos(1);
  private final PacedResponse paced = new PacedResponse(response, SLOWEST, () -> now);

  @Test
  void readerThatTakesLessThanTheLeastIsCutOff() throws IOException {
    paced.getOutputStream().write(new byte[10]);
    pass(29);
    paced.getOutputStream().write(new byte[10]);
    pass(2);

    assertThatThrownBy(() -> paced.getOutputStream().write(new byte[10]))
        .isInstanceOf(ClientTooSlow.class);
  }

  @Test
  void readerThatTakesItsTimeAndEnoughIsServed() throws IOException {
    for (int second = 0; second < 600; second++) {
      paced.getOutputStream().write(new byte[SLOWEST]);
      pass(1);
    }

    assertThat(response.getContentAsByteArray()).hasSize(600 * SLOWEST);
  }

  @Test
  void timeThatTheAnswerTookToBeMadeDoesNotCount() throws IOException {
    pass(3600);

    paced.getOutputStream().write('x');

    assertThat(response.getContentAsByteArray()).hasSize(1);
  }

  @Test
  void whatAWriterHoldsIsHandedOnAtTheEnd() throws IOException {
    paced.setCharacterEncoding("UTF-8");
    paced.getWriter().write("ä");

    paced.finish();

    assertThat(response.getContentAsByteArray()).hasSize(2);
  }

  private void pass(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
  }
}
