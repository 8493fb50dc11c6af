package org.byoemail.platform.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.byoemail.platform.hook.HookPoint.AFTER_SEND;
import static org.byoemail.platform.hook.HookPoint.BEFORE_INGEST;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.byoemail.support.TestHooks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hooks may answer, and what becomes of those that do not. */
class HooksTest {
  private static final Map<String, Object> BODY = new LinkedHashMap<>(Map.of("subject", "Hi"));

  private final TestHooks routes = new TestHooks();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Hooks hooks = hooks(Duration.ofSeconds(10));

  @AfterEach
  void end() {
    hooks.destroy();
  }

  @Test
  void withoutRouteNothingIsEvenSaid() {
    HookAnswer answer =
        hooks.ask(
            BEFORE_INGEST,
            () -> {
              throw new AssertionError("nobody asks");
            });

    assertThat(answer).isEqualTo(HookAnswer.CONTINUE);
    assertThat(meters.get("byo.hook").timers()).allMatch(timer -> timer.count() == 0);
  }

  @Test
  void nothingAndTheBodyItselfLetTheFlowGoOn() {
    routes.set(BEFORE_INGEST, body -> body);
    assertThat(ask()).isEqualTo(HookAnswer.CONTINUE);

    routes.set(BEFORE_INGEST, body -> null);
    assertThat(ask()).isEqualTo(HookAnswer.CONTINUE);

    routes.set(BEFORE_INGEST, body -> new byte[0]);
    assertThat(ask()).isEqualTo(HookAnswer.CONTINUE);
  }

  @Test
  void refusalHasAReasonOfOneLine() {
    routes.set(BEFORE_INGEST, json("{\"action\":\"refuse\",\"reason\":\" spam\\r\\nX: y \"}"));

    assertThat(ask()).isEqualTo(new HookAnswer(true, "spam X: y", Map.of()));
  }

  @Test
  void metadataIsKept() {
    routes.set(
        BEFORE_INGEST,
        body -> Map.of("metadata", Map.of("score", 0.5, "tag", "invoice", "known", true)));

    assertThat(ask().metadata())
        .containsOnly(
            Map.entry("score", 0.5), Map.entry("tag", "invoice"), Map.entry("known", true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>Bad gateway</html>",
        "[]",
        "\"refuse\"",
        "{\"action\":\"explode\"}",
        "{\"acton\":\"refuse\"}",
        "{\"action\":\"continue\"} {\"action\":\"refuse\"}",
        "{\"action\":\"continue\",\"action\":\"refuse\"}",
        "{\"metadata\":[1]}",
        "{\"metadata\":{\"a\":{\"b\":1}}}",
        "{\"metadata\":{\"a\":\"\\u0000\"}}"
      })
  void nonsenseIsAFailure(String answer) {
    routes.set(BEFORE_INGEST, json(answer));

    assertThatThrownBy(this::ask)
        .isInstanceOf(HookFailed.class)
        .hasMessageStartingWith("hook-before-ingest: ");
    assertThat(count("failed")).isOne();
  }

  @Test
  void hugeAnswerIsAFailure() {
    routes.set(BEFORE_INGEST, body -> new byte[HookAnswer.MAX_BYTES + 1]);

    assertThatThrownBy(this::ask).hasMessageContaining("bytes");
  }

  @Test
  void deepAnswerIsAFailure() {
    routes.set(BEFORE_INGEST, json("{\"metadata\":" + "[".repeat(5000) + "]".repeat(5000) + "}"));

    assertThatThrownBy(this::ask).isInstanceOf(HookFailed.class);
  }

  @Test
  void hookThatThrowsIsAFailure() {
    routes.set(
        BEFORE_INGEST,
        body -> {
          throw new java.io.IOException("away");
        });

    assertThatThrownBy(this::ask).isInstanceOf(HookFailed.class).hasMessageContaining("away");
  }

  @Test
  void hookThatHangsIsInterruptedAndGivenUp() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    hooks.destroy();
    hooks = hooks(Duration.ofMillis(50));
    routes.set(
        BEFORE_INGEST,
        body -> {
          try {
            return new CountDownLatch(1).await(60, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
        });

    assertThatThrownBy(this::ask).hasMessageContaining("no answer within 50 ms");

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void moreHooksThanAllowedAreNotAsked() throws Exception {
    CountDownLatch asked = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    routes.set(
        BEFORE_INGEST,
        body -> {
          asked.countDown();
          go.await(20, TimeUnit.SECONDS);
          return null;
        });
    List<CompletableFuture<HookAnswer>> running =
        List.of(CompletableFuture.supplyAsync(this::ask), CompletableFuture.supplyAsync(this::ask));
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

    assertThatThrownBy(this::ask).hasMessageContaining("byo.hook.concurrent");

    go.countDown();
    for (CompletableFuture<HookAnswer> each : running) {
      assertThat(answer(each)).isEqualTo(HookAnswer.CONTINUE);
    }
  }

  @Test
  void hookThatIsToldDoesNotHoldUpItsCaller() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Map<String, Object>> told = new CompletableFuture<>();
    routes.set(
        AFTER_SEND,
        body -> {
          go.await(20, TimeUnit.SECONDS);
          told.complete(body);
          return "nonsense";
        });

    hooks.notifyHook(AFTER_SEND, () -> BODY);
    assertThat(told).isNotDone();
    go.countDown();

    assertThat(told.get(20, TimeUnit.SECONDS)).isSameAs(BODY);
    await().until(() -> count(AFTER_SEND, "continue") == 1);
  }

  @Test
  void nothingOfAHookThatIsToldReachesItsCaller() {
    hooks.destroy();
    hooks = hooks(Duration.ofMillis(50));
    hooks.notifyHook(
        AFTER_SEND,
        () -> {
          throw new AssertionError("nobody asks");
        });
    routes.set(
        AFTER_SEND,
        body -> {
          if (body.containsKey("hang")) {
            new CountDownLatch(1).await(60, TimeUnit.SECONDS);
          }
          throw new java.io.IOException("away");
        });

    hooks.notifyHook(AFTER_SEND, () -> BODY);
    hooks.notifyHook(AFTER_SEND, () -> Map.of("hang", true));
    hooks.notifyHook(
        AFTER_SEND,
        () -> {
          throw new IllegalStateException("no body");
        });

    await().until(() -> count(AFTER_SEND, "failed") == 3);
    routes.set(AFTER_SEND, body -> null);
    hooks.notifyHook(AFTER_SEND, () -> BODY);
    await().until(() -> count(AFTER_SEND, "continue") == 1);
  }

  @Test
  void callsThatAreToldWaitInABoundedQueue() {
    CountDownLatch go = new CountDownLatch(1);
    routes.set(AFTER_SEND, body -> go.await(20, TimeUnit.SECONDS));
    for (int i = 0; i < 1 + 200; i++) {
      hooks.notifyHook(AFTER_SEND, () -> BODY);
    }
    assertThat(count(AFTER_SEND, "failed")).isZero();

    hooks.notifyHook(AFTER_SEND, () -> BODY);

    assertThat(count(AFTER_SEND, "failed")).isOne();
    go.countDown();
    await().until(() -> count(AFTER_SEND, "continue") == 201);
  }

  private static HookAnswer answer(CompletableFuture<HookAnswer> running)
      throws ExecutionException, InterruptedException {
    return running.get();
  }

  private static TestHooks.Hook json(String text) {
    return body -> text.getBytes(StandardCharsets.UTF_8);
  }

  private HookAnswer ask() {
    return hooks.ask(BEFORE_INGEST, () -> BODY);
  }

  private long count(String outcome) {
    return count(BEFORE_INGEST, outcome);
  }

  private long count(HookPoint point, String outcome) {
    return meters.get("byo.hook").tag("hook", point.word()).tag("outcome", outcome).timer().count();
  }

  private Hooks hooks(Duration timeout) {
    return new Hooks(routes, new HookSettings(timeout, 2, false), meters);
  }
}
