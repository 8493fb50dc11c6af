package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.UUID;
import org.byoemail.platform.bucket.BucketClock;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.support.RedisNodes;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Two nodes that count failed logins in one Redis, which goes away. */
class SharedFailuresTest {
  private static final AccessSettings LIMITS = new AccessSettings(true, 3, Duration.ofMinutes(1));

  @RegisterExtension final RedisNodes nodes = new RedisNodes();

  private final SettableClock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private FailedLogins failures;
  private FailedLogins second;

  @BeforeEach
  void start() {
    failures = node(nodes.first());
    second = node(nodes.second());
  }

  @Test
  void wrongPasswordsAreCountedOverAllNodesUntilTheWindowEnds() {
    String client = fresh();
    failures.failed("console", client);
    second.failed("console", client);
    boolean before = second.isBlocked("console", client);

    failures.failed("console", client);

    assertThat(before).isFalse();
    assertThat(failures.isBlocked("console", client)).isTrue();
    assertThat(second.isBlocked("console", client)).isTrue();
    assertThat(second.isBlocked("console", fresh())).isFalse();
    clock.advance(Duration.ofMinutes(1));
    assertThat(second.isBlocked("console", client)).isFalse();
  }

  @Test
  void withoutRedisEachNodeCountsWrongPasswordsByItself() {
    String client = fresh();
    nodes.redis().close();

    for (int i = 0; i < 3; i++) {
      failures.failed("console", client);
    }

    assertThat(failures.isBlocked("console", client)).isTrue();
    assertThat(second.isBlocked("console", client)).isFalse();
  }

  private static String fresh() {
    return "browser " + UUID.randomUUID();
  }

  private FailedLogins node(LettuceConnectionFactory connections) {
    return new FailedLogins(
        LIMITS,
        clock,
        new SimpleMeterRegistry(),
        new SharedFailures(
            // Longer than a busy machine makes Redis wait.
            new SharedBuckets(connections, new BucketClock(clock), Duration.ofSeconds(5)),
            LIMITS,
            clock));
  }
}
