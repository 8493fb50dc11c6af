package org.byoemail.platform.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayNodesTest extends WebTest {
  private final AtomicLong nanos = new AtomicLong();
  private final String older = "older-" + UUID.randomUUID();

  @AfterEach
  void removeNodes() {
    jdbc.sql("DELETE FROM node WHERE id = :id").param("id", older).update();
    jdbc.sql("DELETE FROM sending_node WHERE name = :id").param("id", older).update();
  }

  @Test
  void nothingIsSaidOfOthersBeforeTheFirstHeartbeat() {
    assertThat(nodes().allKnow(1)).isFalse();
  }

  @Test
  void nodesOfThisReleaseKnowItsMigrations() {
    GatewayNodes one = nodes();
    GatewayNodes two = nodes();
    one.beat();
    two.beat();
    nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    one.beat();

    assertThat(one.allKnow(74)).isTrue();
    assertThat(one.allKnow(100_000)).isFalse();
  }

  @Test
  void nodeOfAnOlderReleaseCountsWhetherItSendsOrWatches() {
    GatewayNodes nodes = nodes();
    nodes.beat();
    jdbc.sql("INSERT INTO sending_node (name, seen_at) VALUES (:id, statement_timestamp())")
        .param("id", older)
        .update();
    nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    nodes.beat();
    boolean sending = nodes.allKnow(74);
    removeNodes();
    jdbc.sql(
            """
            INSERT INTO node (id, name, started_at, seen_at)
            VALUES (:id, 'older', statement_timestamp(), statement_timestamp())
            """)
        .param("id", older)
        .update();
    nanos.addAndGet(Duration.ofSeconds(5).toNanos());

    nodes.beat();

    assertThat(sending).isFalse();
    assertThat(nodes.allKnow(74)).isFalse();
  }

  @Test
  void nodeThatWasNotSeenForHalfAMinuteDoesNotCount() {
    jdbc.sql(
            """
            INSERT INTO sending_node (name, seen_at) VALUES (:id, statement_timestamp() - interval '31 s')
            """)
        .param("id", older)
        .update();
    GatewayNodes nodes = nodes();

    nodes.beat();

    assertThat(nodes.allKnow(74)).isTrue();
  }

  private GatewayNodes nodes() {
    return new GatewayNodes(jdbc, new NodeIdentity(new NodeSettings("test")), nanos::get);
  }
}
