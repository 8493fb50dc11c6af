package org.byoemail.outbound.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Six bytes of heap are counted for each byte of a submission. */
class ReadingBudgetTest {
  private static final int MEGABYTE = 1 << 20;

  private final ReadingBudget budget = new ReadingBudget(12 * MEGABYTE);

  @Test
  void submissionWaitsUntilThereIsRoom() throws Exception {
    ReadingBudget.Room first = budget.take(MEGABYTE, Duration.ZERO);
    ReadingBudget.Room second = budget.take(MEGABYTE, Duration.ZERO);
    CompletableFuture<ReadingBudget.Room> third =
        CompletableFuture.supplyAsync(() -> budget.take(MEGABYTE, Duration.ofSeconds(30)));

    assertThatThrownBy(() -> budget.take(MEGABYTE, Duration.ZERO))
        .isInstanceOf(ReadingBudget.NoRoom.class);
    first.close();

    third.get(30, TimeUnit.SECONDS).close();
    second.close();
  }

  @Test
  void largestHasRoomWhereItIsAlone() {
    try (ReadingBudget.Room room = budget.take(25 * MEGABYTE, Duration.ZERO)) {
      assertThat(room).isNotNull();
      assertThatThrownBy(() -> budget.take(MEGABYTE, Duration.ZERO))
          .isInstanceOf(ReadingBudget.NoRoom.class);
    }

    budget.take(MEGABYTE, Duration.ZERO).close();
  }

  @Test
  void smallOneNeedsNoRoom() {
    try (ReadingBudget.Room large = budget.take(25 * MEGABYTE, Duration.ZERO);
        ReadingBudget.Room small = budget.take(10_000, Duration.ZERO)) {
      assertThat(small).isNotSameAs(large);
    }
  }
}
