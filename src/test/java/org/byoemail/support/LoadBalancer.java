package org.byoemail.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * Spreads TCP connections over the nodes of a cluster in turn, without any regard to who connects.
 * Ends with this JVM.
 */
public final class LoadBalancer {
  private final ServerSocket listener;
  private final AtomicInteger next = new AtomicInteger();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "load-balancer");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Supplier<List<Integer>> ports = List::of;

  public LoadBalancer() {
    this(ServerSocketFactory.getDefault());
  }

  /** A load balancer that terminates TLS. */
  public LoadBalancer(SSLContext tls) {
    this(tls.getServerSocketFactory());
  }

  private LoadBalancer(ServerSocketFactory sockets) {
    try {
      listener = sockets.createServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  /** The port that browsers connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Where browsers connect to. */
  public String url() {
    return "http://localhost:" + listener.getLocalPort();
  }

  /** The ports of the nodes, asked for at each connection. */
  public void to(Supplier<List<Integer>> nodes) {
    ports = nodes;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        List<Integer> nodes = ports.get();
        if (nodes.isEmpty()) {
          client.close();
          continue;
        }
        int port = nodes.get(Math.floorMod(next.getAndIncrement(), nodes.size()));
        Socket node = new Socket(InetAddress.getLoopbackAddress(), port);
        threads.execute(() -> pump(client, node));
        threads.execute(() -> pump(node, client));
      } catch (IOException e) {
        // The node is down: its client was not served, others are.
        continue;
      }
    }
  }

  private static void pump(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // One side has ended, and with it the connection.
      return;
    }
  }
}
