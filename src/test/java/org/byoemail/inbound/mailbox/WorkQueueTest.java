package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.mailbox.WorkQueue.Turn;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
  private final Queue<Runnable> started = new ArrayDeque<>();
  private final List<String> worked = new ArrayList<>();

  @Test
  void thoseWhoAskFirstAreServedFirstAndNobodyTwice() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    Turn first = queue.turn(new OrganizationId("acme"), "host", () -> worked.add("first"));
    Turn second = queue.turn(new OrganizationId("acme"), "host", () -> worked.add("second"));
    Turn third = queue.turn(new OrganizationId("acme"), "host", () -> worked.add("third"));

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
            new OrganizationId("acme"),
            "host",
            () -> {
              worked.add("busy");
              if (worked.size() < 3) {
                busy[0].request();
              }
            });
    Turn patient = queue.turn(new OrganizationId("acme"), "host", () -> worked.add("patient"));

    busy[0].request();
    patient.request();
    runAll();

    assertThat(worked).containsExactly("busy", "patient", "busy");
  }

  @Test
  void noMoreAreStartedThanThereAreWorkers() {
    WorkQueue queue = new WorkQueue(started::add, 2);

    for (int number = 0; number < 5; number++) {
      queue.turn(new OrganizationId("acme"), "host", () -> worked.add("work")).request();
    }

    assertThat(started).hasSize(2);
    runAll();
    assertThat(worked).hasSize(5);
  }

  @Test
  void workerThatWaitsLendsItsPlace() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    Turn first = queue.turn(new OrganizationId("acme"), "host", () -> worked.add("slow"));
    first.request();
    queue.turn(new OrganizationId("acme"), "host", () -> worked.add("next")).request();
    queue.turn(new OrganizationId("acme"), "host", () -> worked.add("last")).request();
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
      slow.add(queue.turn(new OrganizationId("acme"), "slow", () -> worked.add("slow")));
      slow.get(i).request();
    }
    queue.turn(new OrganizationId("acme"), "quick", () -> worked.add("quick")).request();

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
  void thousandNamesOfOneAddressAreOneServer() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    List<Turn> lenders = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      Turn[] turn = new Turn[1];
      turn[0] =
          queue.turn(
              new OrganizationId("acme"),
              "name " + i,
              () -> {
                if (turn[0].moveTo("192.0.2.1") && lenders.size() < 500) {
                  lenders.add(turn[0]);
                  queue.lend(turn[0]);
                }
              });
      turn[0].request();
    }
    queue.turn(new OrganizationId("other"), "192.0.2.2", () -> worked.add("quick")).request();

    runAll();

    assertThat(worked).containsExactly("quick");
    assertThat(lenders).hasSize(8);
  }

  @Test
  void threadsThatWaitForTheServersOfOneOrganizationAreAQuarterOfAll() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    List<Turn> slow = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      slow.add(queue.turn(new OrganizationId("crowd"), "192.0.2." + i, () -> worked.add("slow")));
      slow.get(i).request();
    }
    for (int i = 0; i < 64; i++) {
      queue.lend(slow.get(i));
    }
    queue.turn(new OrganizationId("other"), "198.51.100.1", () -> worked.add("quick")).request();

    assertThat(started).hasSize(65);
    runAll();
    assertThat(worked).hasSize(65).contains("quick");
    for (int i = 0; i < 64; i++) {
      queue.repay(slow.get(i));
    }
    runAll();
    assertThat(worked).hasSize(301);
  }

  @Test
  void organizationsAreServedInTurn() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    for (int i = 0; i < 3; i++) {
      queue.turn(new OrganizationId("large"), "host " + i, () -> worked.add("large")).request();
    }
    queue.turn(new OrganizationId("small"), "host", () -> worked.add("small")).request();

    runAll();

    assertThat(worked).containsExactly("large", "large", "small", "large");
  }

  @Test
  void workThatTakesLongMakesWayForThoseAtOtherServersOnly() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    List<Boolean> keeping = new ArrayList<>();
    Turn[] busy = new Turn[1];
    busy[0] =
        queue.turn(
            new OrganizationId("acme"),
            "host",
            () -> {
              keeping.add(busy[0].exceeds(Duration.ZERO));
              queue.turn(new OrganizationId("acme"), "host", () -> {}).request();
              keeping.add(busy[0].exceeds(Duration.ZERO));
              queue.turn(new OrganizationId("acme"), "other", () -> {}).request();
              keeping.add(busy[0].exceeds(Duration.ofHours(1)));
              keeping.add(busy[0].exceeds(Duration.ZERO));
            });
    busy[0].request();

    runAll();

    assertThat(keeping).containsExactly(false, false, false, true);
  }

  @Test
  void addressesOfOneNetworkOfIpv6AreOneServer() throws Exception {
    assertThat(ServerAddresses.key(InetAddress.getByName("2001:db8:1:2::1")))
        .isEqualTo(ServerAddresses.key(InetAddress.getByName("2001:db8:1:2:ffff::9")))
        .isNotEqualTo(ServerAddresses.key(InetAddress.getByName("2001:db8:1:3::1")));
    assertThat(ServerAddresses.key(InetAddress.getByName("192.0.2.7"))).isEqualTo("192.0.2.7");
  }

  @Test
  void workThatFailsUnexpectedlyStopsNobody() {
    WorkQueue queue = new WorkQueue(started::add, 1);
    queue
        .turn(
            new OrganizationId("acme"),
            "host",
            () -> {
              throw new IllegalStateException("as the test wants");
            })
        .request();
    queue.turn(new OrganizationId("acme"), "host", () -> worked.add("next")).request();

    runAll();

    assertThat(worked).containsExactly("next");
  }

  private void runAll() {
    while (!started.isEmpty()) {
      started.remove().run();
    }
  }
}
