package org.byoemail.flow;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.byoemail.support.StompProducer;

/**
 * A producer as it should be: what the broker has not confirmed, it hands in again, with the same
 * ids.
 */
final class Submitting implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final int TOGETHER = 20;

  private final CompletableFuture<Void> running;
  private volatile boolean closed;

  private Submitting(int port, String name, int count, IntFunction<String> from) {
    running = CompletableFuture.runAsync(() -> run(port, name, count, from));
  }

  /** Begins to hand in so many, named name-0 and so on. */
  static Submitting start(int port, String name, int count, IntFunction<String> from) {
    return new Submitting(port, name, count, from);
  }

  /** Waits until the broker has all of them. */
  void await() {
    try {
      running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("not everything could be handed in", e);
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  private void run(int port, String name, int count, IntFunction<String> from) {
    for (int first = 0; first < count; first += TOGETHER) {
      int start = first;
      Awaitility.await("the broker takes them")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .pollDelay(Duration.ZERO)
          .until(
              () -> closed || handIn(port, name, start, Math.min(start + TOGETHER, count), from));
    }
  }

  private static boolean handIn(
      int port, String name, int first, int end, IntFunction<String> from) {
    try (StompProducer producer = new StompProducer(port)) {
      for (int i = first; i < end; i++) {
        String id = name + "-" + i;
        producer.send(
            "{\"id\":\"%s\",\"from\":\"%s\",\"to\":\"to%d@example.test\",\"subject\":\"%s\",\"body\":\"Text.\"}"
                .formatted(id, from.apply(i), i, id));
      }
      producer.finish();
      return true;
    } catch (IOException e) {
      return false; // The broker is away, or was: once more.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
