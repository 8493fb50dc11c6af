package org.byoemail.account.connection;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Resolves host names on its own threads: the JVM cannot cancel a slow DNS lookup, which would also
 * pin a virtual thread to its carrier. Concurrent lookups of a name share one query. Safe for use
 * by many threads.
 */
@Component
class HostLookups implements HostVetting.Resolver, DisposableBean {
  private static final int THREADS = 64;
  private static final int WAITING = 1000;
  private static final Duration MAX_TIME = Duration.ofSeconds(15);

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(WAITING),
          new CustomizableThreadFactory("byo-host-lookup-"));
  private final Map<String, CompletableFuture<InetAddress[]>> underWay = new ConcurrentHashMap<>();

  HostLookups() {
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if too many lookups are in progress
   */
  @Override
  public InetAddress[] addresses(String host, Deadline deadline) throws UnknownHostException {
    if (isLiteral(host)) {
      return InetAddress.getAllByName(host);
    }
    try {
      return lookUp(host)
          .get(Math.max(1, deadline.orIn(MAX_TIME).left().toMillis()), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new UnknownHostException(host);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("too many host names are being looked up", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a host name was looked up", e);
    }
  }

  private CompletableFuture<InetAddress[]> lookUp(String host) {
    CompletableFuture<InetAddress[]> own = new CompletableFuture<>();
    CompletableFuture<InetAddress[]> other = underWay.putIfAbsent(host, own);
    if (other != null) {
      return other;
    }
    try {
      threads.execute(
          () -> {
            try {
              own.complete(InetAddress.getAllByName(host));
            } catch (UnknownHostException | RuntimeException e) {
              own.completeExceptionally(e);
            } finally {
              underWay.remove(host);
            }
          });
    } catch (RejectedExecutionException e) {
      own.completeExceptionally(e);
      underWay.remove(host);
      throw e;
    }
    return own;
  }

  private static boolean isLiteral(String host) {
    return host.contains(":") || host.matches("[0-9.]+");
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
