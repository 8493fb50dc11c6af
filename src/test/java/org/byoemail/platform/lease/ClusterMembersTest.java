package org.byoemail.platform.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.byoemail.platform.lease.ClusterMembers.Member;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who takes how many mailboxes, and who gives some up. */
class ClusterMembersTest {

  @ParameterizedTest
  @CsvSource({"1, 0, 10, 10", "2, 0, 10, 5", "3, 0, 10, 4", "3, 4, 6, 0", "2, 5, 0, 0"})
  void nobodyTakesMoreThanItsShare(int nodes, long held, long free, long room) {
    ClusterMembers members = as(0, new long[nodes], new long[nodes]);

    assertThat(members.capacity(held, free)).isEqualTo(room);
  }

  @Test
  void nodeAloneTakesAll() {
    assertThat(as(0, new long[1], new long[1]).capacity(0, 1000)).isEqualTo(1000);
  }

  @Test
  void nodeThatJoinsIsShortOfItsShare() {
    ClusterMembers members = as(1, new long[] {10, 0}, new long[] {0, 0});

    assertThat(members.wants(0, 0)).isEqualTo(5);
  }

  @Test
  void oneMoreThanTheOthersIsNoReasonToMove() {
    ClusterMembers members = as(0, new long[] {2, 1}, new long[] {0, 0});

    assertThat(members.wants(2, 0)).isZero();
    assertThat(members.surplus(2, 0)).isZero();
  }

  @Test
  void whoHasMostGivesFirstAndNoMoreThanIsAskedFor() {
    long[] held = {9, 6, 0};
    long[] wants = {0, 0, 5};

    assertThat(as(0, held, wants).surplus(9, 0)).isEqualTo(4);
    assertThat(as(1, held, wants).surplus(6, 0)).isEqualTo(1);
    assertThat(as(2, held, wants).surplus(0, 0)).isZero();
  }

  @Test
  void muchIsGivenInPartsAndLittleAtOnce() {
    long[] held = {10_000, 0};

    assertThat(as(0, held, new long[] {0, 5_000}).rebalanceQuota(10_000, 0, 100)).isEqualTo(250);
    assertThat(as(0, held, new long[] {0, 500}).rebalanceQuota(10_000, 0, 100)).isEqualTo(100);
    assertThat(as(0, held, new long[] {0, 50}).rebalanceQuota(10_000, 0, 100)).isEqualTo(50);
  }

  @Test
  void whatLiesFreeAlreadyIsNotGivenAgain() {
    long[] held = {9, 0};
    long[] wants = {0, 4};

    assertThat(as(0, held, wants).surplus(9, 4)).isZero();
  }

  @Test
  void whoGaveDoesNotTakeItBackBeforeTheOtherHasIt() {
    ClusterMembers members = as(0, new long[] {5, 0}, new long[] {0, 5});

    assertThat(members.capacity(5, 5)).isZero();
  }

  @Test
  void leftOversAreTakenOnceNobodyIsShort() {
    ClusterMembers members = as(0, new long[] {5, 5}, new long[] {0, 0});

    assertThat(members.capacity(5, 1)).isEqualTo(1);
  }

  @Test
  void positionIsTheSameSeenByAll() {
    long[] none = new long[3];

    assertThat(IntStream.range(0, 3).map(self -> as(self, none, none).position()))
        .containsExactlyInAnyOrder(0, 1, 2);
  }

  /** Rounds of all nodes, each deciding by itself from what all said in the round before. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyStartEndsWithNobodyShortAndThenNothingMoves(int seed) {
    Random random = new Random(seed);
    int nodes = 1 + random.nextInt(9);
    long[] held = random.longs(nodes, 0, 500).toArray();
    long[] wants = new long[nodes];
    long free = random.nextInt(300);
    long total = Arrays.stream(held).sum() + free;

    long moved = 0;
    for (int round = 0; round < 200; round++) {
      long before = moved;
      long[] said = held.clone();
      long[] asked = wants.clone();
      for (int self = 0; self < nodes; self++) {
        ClusterMembers members = as(self, said, asked);
        long taken = Math.min(free, members.capacity(held[self], free));
        held[self] += taken;
        free -= taken;
        wants[self] = members.wants(held[self], free);
        long given = members.rebalanceQuota(held[self], free, 50);
        held[self] -= given;
        free += given;
        moved += taken + given;
      }
      if (round > 150) {
        assertThat(moved).as("moved in round %s", round).isEqualTo(before);
      }
    }

    assertThat(free).isZero();
    assertThat(Arrays.stream(held).sum()).isEqualTo(total);
    assertThat(Arrays.stream(held).min()).hasValue(total / nodes);
  }

  private static ClusterMembers as(int self, long[] held, long[] wants) {
    List<Member> nodes = new ArrayList<>();
    for (int i = 0; i < held.length; i++) {
      nodes.add(new Member("node-" + i, held[i], wants[i]));
    }
    return new ClusterMembers("node-" + self, nodes, true, 1);
  }
}
