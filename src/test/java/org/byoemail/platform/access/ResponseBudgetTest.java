package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.byoemail.platform.access.ResponseBudget.Share;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.util.unit.DataSize;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class ResponseBudgetTest {
  private static final long MB = 1 << 20;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @AfterEach
  void forget() {
    RequestContextHolder.resetRequestAttributes();
  }

  @Test
  void organizationHoldsHalfOfTheAnswersAtMost() {
    ResponseBudget budget = budget(Duration.ZERO);
    budget.enter("ours");
    budget.enter("ours");

    assertThatThrownBy(() -> budget.enter("ours")).isInstanceOf(ResponsesBusy.class);
    assertThat(budget.enter("theirs")).isNotNull();
    assertThat(meters.counter("byo.answers.refused").count()).isEqualTo(1);
  }

  @Test
  void strangersHoldHalfOfTheAnswersTogetherAndOneAddressAQuarterOfThat() {
    ResponseBudget budget =
        new ResponseBudget(
            new ResponseSettings(
                16, null, DataSize.ofMegabytes(1), Duration.ZERO, DataSize.ofKilobytes(8)),
            meters);
    for (int address = 0; address < 4; address++) {
      String from = "192.0.2." + address;
      budget.enterUnknown(from);
      budget.enterUnknown(from);
      assertThatThrownBy(() -> budget.enterUnknown(from)).isInstanceOf(ResponsesBusy.class);
    }

    assertThatThrownBy(() -> budget.enterUnknown("192.0.2.9")).isInstanceOf(ResponsesBusy.class);
    assertThat(budget.enter("ours")).isNotNull();
  }

  @Test
  void answerThatIsReadMakesRoomForWhoWaits() throws Exception {
    ResponseBudget budget = budget(Duration.ofSeconds(20));
    budget.enter("ours");
    Share second = budget.enter("ours");
    CompletableFuture<Share> third = CompletableFuture.supplyAsync(() -> budget.enter("ours"));

    second.close();

    assertThat(third.get(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void organizationHoldsHalfOfTheMemoryWhileOthersWantSome() {
    ResponseBudget budget = budget(Duration.ZERO);
    Share first = budget.enter("ours");
    Share second = budget.enter("ours");
    Share other = budget.enter("theirs");

    take(budget, first, 4 * MB);

    assertThatThrownBy(() -> take(budget, second, 4 * MB)).isInstanceOf(ResponsesBusy.class);
    take(budget, other, 4 * MB);
  }

  @Test
  void largeAnswerIsMadeAloneAndGivesAllBack() {
    ResponseBudget budget = budget(Duration.ZERO);
    Share large = budget.enter("ours");
    Share other = budget.enter("theirs");

    take(budget, large, 1000 * MB);

    assertThatThrownBy(() -> take(budget, other, MB)).isInstanceOf(ResponsesBusy.class);
    large.close();
    take(budget, other, 4 * MB);
    assertThat(meters.get("byo.answers.memory").gauge().value()).isEqualTo(4 * MB);
  }

  @Test
  void memoryOfAStepIsFreeBehindIt() {
    ResponseBudget budget = budget(Duration.ZERO);
    Share share = budget.enter("ours");
    run(share);

    double during = budget.during(3 * MB, () -> meters.get("byo.answers.memory").gauge().value());

    assertThat(during).isEqualTo(3 * MB);
    assertThat(meters.get("byo.answers.memory").gauge().value()).isZero();
  }

  private ResponseBudget budget(Duration wait) {
    return new ResponseBudget(
        new ResponseSettings(
            4, DataSize.ofMegabytes(10), DataSize.ofMegabytes(1), wait, DataSize.ofKilobytes(8)),
        meters);
  }

  private static void take(ResponseBudget budget, Share share, long bytes) {
    run(share);
    budget.take(bytes);
  }

  private static void run(Share share) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setAttribute(ResponseBudget.SHARE, share);
    RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
  }
}
