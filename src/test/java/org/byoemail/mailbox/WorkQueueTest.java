package org.byoemail.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.byoemail.mailbox.WorkQueue.Turn;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
  private final Queue<Runnable> started = new ArrayDeque<>();
  private final List<String> worked = new ArrayList<>();

  @Test
  void thoseWhoAskFirstAreServedFirstAndNobodyTwice() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    Turn first = queue.turn("host", () -> worked.add("first"));
    Turn second = queue.turn("host", () -> worked.add("second"));
    Turn third = queue.turn("host", () -> worked.add("third"));

    first.request();
    second.request();
    third.request();
    second.request();
    runAll();

    assertThat(worked).containsExactly("first", "second", "third");
  }

  @Test
  void oneThatAsksAgainWhileItWorksGoesToTheEnd() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    Turn[] busy = new Turn[1];
    busy[0] =
        queue.turn(
            "host",
            () -> {
              worked.add("busy");
              if (worked.size() < 3) {
                busy[0].request();
              }
            });
    Turn patient = queue.turn("host", () -> worked.add("patient"));

    busy[0].request();
    patient.request();
    runAll();

    assertThat(worked).containsExactly("busy", "patient", "busy");
  }

  @Test
  void noMoreAreStartedThanThereAreWorkers() {
    WorkQueue queue = new WorkQueue(started::add, 2);

    for (int number = 0; number < 5; number++) {
      queue.turn("host", () -> worked.add("work")).request();
    }

    assertThat(started).hasSize(2);
    runAll();
    assertThat(worked).hasSize(5);
  }

  @Test
  void workerThatWaitsLendsItsPlace() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    Turn first = queue.turn("host", () -> worked.add("slow"));
    first.request();
    queue.turn("host", () -> worked.add("next")).request();
    queue.turn("host", () -> worked.add("last")).request();
    Runnable slow = started.remove();

    queue.lend(first);
    assertThat(started).hasSize(1);
    runAll();
    queue.repay(first);
    slow.run();

    assertThat(worked).containsExactly("next", "last", "slow");
  }

  @Test
  void crowdThatWaitsForOneHostHoldsUpNoOther() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    List<Turn> slow = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      slow.add(queue.turn("slow", () -> worked.add("slow")));
      slow.get(i).request();
    }
    queue.turn("quick", () -> worked.add("quick")).request();

    for (int i = 0; i < 8; i++) {
      queue.lend(slow.get(i));
    }
    assertThat(started).hasSize(9);
    Runnable quick = started.stream().skip(8).findFirst().orElseThrow();
    started.remove(quick);
    quick.run();
    assertThat(worked).containsExactly("quick");

    queue.repay(slow.get(0));
    runAll();
    assertThat(worked).hasSize(21);
  }

  @Test
  void workThatFailsUnexpectedlyStopsNobody() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    queue
        .turn(
            "host",
            () -> {
              throw new IllegalStateException("as the test wants");
            })
        .request();
    queue.turn("host", () -> worked.add("next")).request();

    runAll();

    assertThat(worked).containsExactly("next");
  }

  private void runAll() {
    while (!started.isEmpty()) {
      started.remove().run();
    }
  }
}
