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
 * Watches the connections of all idle mailboxes with one thread, which never reads: it reports that
 * a connection is readable, and a worker reads it. The IdleManager of Angus reads on its single
 * thread and blocks there on an incomplete line, with every other mailbox behind it.
 */
final class IdleSelector implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IdleSelector.class);
  private static final long UNWATCH_TIMEOUT_SECONDS = 10;

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
   * Watches a connection until it is readable; then it is unregistered and back in blocking mode.
   *
   * @param onReadable called once, also if the connection was closed; must not block
   */
  void watch(SocketChannel channel, Runnable onReadable) {
    change(() -> register(channel, onReadable));
  }

  /** Returns when the connection is no longer watched and in blocking mode. */
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
      done.get(UNWATCH_TIMEOUT_SECONDS, TimeUnit.SECONDS);
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
        List<Runnable> callbacks = readable();
        purge();
        for (Runnable change = changes.poll(); change != null; change = changes.poll()) {
          runGuarded(change);
        }
        callbacks.forEach(IdleSelector::runGuarded);
      } catch (IOException | RuntimeException | Error e) {
        logFailure(e);
      }
    }
    try {
      selector.close();
    } catch (IOException e) {
      log.warn("The selector of idle mailboxes did not close", e);
    }
  }

  // One failing callback must not keep the others from running, nor end the selector thread.
  private static void runGuarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      logFailure(e);
    }
  }

  private static void logFailure(Throwable failure) {
    log.error("The selector of idle mailboxes failed and continues", failure);
  }

  private List<Runnable> readable() {
    List<Runnable> callbacks = new ArrayList<>();
    for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
      callbacks.add((Runnable) key.attachment());
      key.cancel();
      block((SocketChannel) key.channel());
    }
    selector.selectedKeys().clear();
    return callbacks;
  }

  private void register(SocketChannel channel, Runnable onReadable) {
    try {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, onReadable);
    } catch (IOException e) {
      // The next read reports why.
      log.debug("An idle connection ended before it was watched", e);
      onReadable.run();
    }
  }

  /**
   * Cancelled keys are removed by the next selection only; before it a channel cannot register
   * again.
   */
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
