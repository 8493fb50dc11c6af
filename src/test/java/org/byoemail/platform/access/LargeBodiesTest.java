package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.OrderUtils;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.util.unit.DataSize;

/** Bodies that have arrived before anything is held for them. */
class LargeBodiesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/messages",
        "/api/v1/messages/1/reply",
        "/api/v1/messages/1/reply-all",
        "/api/v1/messages/1/forward"
      })
  void submissionInChunksHasArrivedBeforeMemoryIsReservedForIt(String path) throws Exception {
    ApiSettings settings =
        new ApiSettings("x".repeat(16), DataSize.ofMegabytes(2), DataSize.ofMegabytes(1), 1);
    LargeBodies filter = new LargeBodies(new BodyLimits(settings), settings, null);
    MockHttpServletRequest request =
        new MockHttpServletRequest("POST", path) {
          @Override
          public long getContentLengthLong() {
            return -1;
          }
        };
    request.setServletPath(path);
    request.setContent(new byte[100_000]);
    List<ServletRequest> passed = new ArrayList<>();

    filter.doFilter(
        request,
        new MockHttpServletResponse(),
        (one, any) -> {
          passed.add(one);
          // What memory is reserved by.
          assertThat(one.getContentLengthLong()).isEqualTo(100_000);
          assertThat(one.getInputStream().readAllBytes()).hasSize(100_000);
        });

    assertThat(passed).hasSize(1);
    assertThat(request.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void bodyOfAnMcpCallHasArrivedBeforeItsResponseIsAdmitted() throws Exception {
    ApiSettings settings =
        new ApiSettings("x".repeat(16), DataSize.ofMegabytes(2), DataSize.ofMegabytes(1), 1);
    LargeBodies filter = new LargeBodies(new BodyLimits(settings), settings, null);
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/mcp");
    request.setServletPath("/mcp");
    request.setContent("{}".getBytes(StandardCharsets.UTF_8));
    List<ServletRequest> passed = new ArrayList<>();

    filter.doFilter(request, new MockHttpServletResponse(), (one, any) -> passed.add(one));

    assertThat(request.getInputStream().read()).isEqualTo(-1);
    assertThat(passed.get(0).getInputStream().readAllBytes()).hasSize(2);
    assertThat(OrderUtils.getOrder(LargeBodies.class, Ordered.LOWEST_PRECEDENCE))
        .isLessThan(OrderUtils.getOrder(ResponseGate.class, Ordered.LOWEST_PRECEDENCE));
  }
}
