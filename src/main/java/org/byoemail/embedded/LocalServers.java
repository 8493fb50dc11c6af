package org.byoemail.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The embedded PostgreSQL and Redis, started and stopped side by side. Spring closes this after
 * everything that was built on their connection details.
 */
final class LocalServers implements AutoCloseable {
  private @Nullable PostgresServer postgres;
  private @Nullable RedisServer redis;

  /** Starts those that are embedded; if one does not start, the other is stopped. */
  LocalServers start(EmbeddedParts parts, DataFolder data, EmbeddedSettings settings) {
    OwnProcesses processes = new OwnProcesses(data);
    processes.stopOrphans(settings.stopTimeout());
    ServerBinaries binaries = new ServerBinaries(data);
    List<Runnable> starts = new ArrayList<>();
    if (parts.database()) {
      starts.add(() -> postgres = new PostgresServer(data, binaries, processes, settings).start());
    }
    if (parts.redis()) {
      starts.add(() -> redis = new RedisServer(data, binaries, processes, settings).start());
    }
    try {
      sideBySide(starts);
    } catch (RuntimeException e) {
      close();
      // One that did not become ready in time is not closed above.
      processes.stopOrphans(settings.stopTimeout());
      throw e;
    }
    return this;
  }

  PostgresServer postgres() {
    return required(postgres);
  }

  RedisServer redis() {
    return required(redis);
  }

  @Override
  public void close() {
    List<Runnable> stops = new ArrayList<>();
    Optional.ofNullable(postgres).ifPresent(server -> stops.add(server::close));
    Optional.ofNullable(redis).ifPresent(server -> stops.add(server::close));
    sideBySide(stops);
  }

  private static void sideBySide(List<Runnable> tasks) {
    // New threads: threads of the common pool do not see the classes inside the jar.
    ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, tasks.size()));
    try {
      CompletableFuture.allOf(
              tasks.stream()
                  .map(task -> CompletableFuture.runAsync(task, threads))
                  .toArray(CompletableFuture[]::new))
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    } finally {
      threads.shutdown();
    }
  }

  private static <T> T required(@Nullable T server) {
    if (server == null) {
      throw new IllegalStateException("not embedded");
    }
    return server;
  }
}
