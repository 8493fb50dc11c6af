package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;

class IdleConsoleTest {
  private final SettableClock clock = SettableClock.at(Instant.parse("2026-01-01T00:00:00Z"));
  private final IdleConsole filter = new IdleConsole(Duration.ofHours(8), clock);
  private final MockHttpSession session = new MockHttpSession();

  @Test
  void sessionThatIsOnlyPolledEnds() throws Exception {
    visit(false);
    for (int hour = 0; hour < 8; hour++) {
      clock.advance(Duration.ofHours(1));
      assertThat(visit(true).getStatus()).isEqualTo(200);
    }

    clock.advance(Duration.ofSeconds(1));
    MockHttpServletResponse last = visit(true);

    assertThat(last.getHeader("HX-Redirect")).isEqualTo("/login");
    assertThat(session.isInvalid()).isTrue();
  }

  @Test
  void visitProlongsIt() throws Exception {
    visit(false);
    clock.advance(Duration.ofHours(7));
    visit(false);
    clock.advance(Duration.ofHours(7));

    assertThat(visit(true).getHeader("HX-Redirect")).isNull();
    assertThat(session.isInvalid()).isFalse();
  }

  private MockHttpServletResponse visit(boolean poll) throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/console/inbox");
    request.setSession(session);
    if (poll) {
      request.addHeader("HX-Request", "true");
    }
    MockHttpServletResponse response = new MockHttpServletResponse();
    filter.doFilter(request, response, new MockFilterChain());
    return response;
  }
}
