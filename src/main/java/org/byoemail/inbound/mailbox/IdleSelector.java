package org.byoemail.inbound.mailbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the connections of all idle mailboxes with one thread, which never reads: it tells that
 * there is something to read, and a worker reads it. Angus' own IdleManager reads on its one thread
 * and waits there for the rest of half a line, for ever, with every other mailbox behind it.
 */
final class IdleSelector implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IdleSelector.class);
  private static final long PATIENCE_SECONDS = 10;

  private final Selector selector;
  private final Queue<Runnable> changes = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  IdleSelector() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector for idle mailboxes", e);
    }
    thread = new Thread(this::run, "byo-mailbox-idle");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Watches a connection until it has something to read; then it is left alone again, in blocking
   * mode.
   *
   * @param onReadable called once, also where the connection has ended; must not block
   */
  void watch(SocketChannel channel, Runnable onReadable) {
    change(() -> register(channel, onReadable));
  }

  /** Returns when the connection is not watched (any more) and in blocking mode. */
  void unwatch(SocketChannel channel) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    change(
        () -> {
          SelectionKey key = channel.keyFor(selector);
          if (key != null) {
            key.cancel();
          }
          block(channel);
          purge();
          done.complete(null);
        });
    try {
      done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the selector", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the selector of idle mailboxes does not answer", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }

  private void change(Runnable change) {
    changes.add(change);
    selector.wakeup();
  }

  private void run() {
    while (!closed) {
      try {
        selector.select();
        List<Runnable> told = readable();
        purge();
        for (Runnable change = changes.poll(); change != null; change = changes.poll()) {
          guarded(change);
        }
        told.forEach(IdleSelector::guarded);
      } catch (IOException | RuntimeException | Error e) {
        stumbled(e);
      }
    }
    try {
      selector.close();
    } catch (IOException e) {
      log.warn("The selector of idle mailboxes did not close", e);
    }
  }

  // One that fails must not keep the others from being told, nor end the watching of all.
  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      stumbled(e);
    }
  }

  private static void stumbled(Throwable trouble) {
    log.error("Watching idle mailboxes stumbled and goes on", trouble);
  }

  private List<Runnable> readable() {
    List<Runnable> told = new ArrayList<>();
    for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
      told.add((Runnable) key.attachment());
      key.cancel();
      block((SocketChannel) key.channel());
    }
    selector.selectedKeys().clear();
    return told;
  }

  private void register(SocketChannel channel, Runnable onReadable) {
    try {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, onReadable);
    } catch (IOException e) {
      // Whoever reads next finds out why.
      log.debug("An idle connection ended before it was watched", e);
      onReadable.run();
    }
  }

  /** Cancelled keys are gone after a selection only, and before that cannot be made anew. */
  private void purge() {
    try {
      selector.selectNow();
    } catch (IOException e) {
      throw new UncheckedIOException("the selector of idle mailboxes failed", e);
    }
  }

  private static void block(SocketChannel channel) {
    try {
      channel.configureBlocking(true);
    } catch (ClosedChannelException e) {
      log.debug("An idle connection has ended", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
