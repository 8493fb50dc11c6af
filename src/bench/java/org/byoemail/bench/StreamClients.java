package org.byoemail.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients of {@code GET /events/stream}, all read by one thread: which message's event arrived at
 * which of them, and when. Thread-safe.
 */
final class StreamClients implements AutoCloseable {
  private static final Pattern MESSAGE = Pattern.compile("\"messageId\":\"([-0-9a-f]{36})\"");
  private static final int LONGEST = 100_000;

  private final int port;
  private final Selector selector = Selector.open();
  private final List<Client> clients = new ArrayList<>();
  private final Map<String, Arrivals> arrivals = new ConcurrentHashMap<>();
  private final Thread reader = new Thread(this::read, "stream-clients");
  private volatile boolean closed;

  /**
   * Who opens a stream.
   *
   * @param organization the number of the organization whose events it gets
   */
  record Caller(String key, int organization) {}

  /** How often an event came, to whom, and when the last time. */
  private static final class Arrivals {
    private final List<Integer> organizations = new ArrayList<>();
    private long last;

    synchronized void add(int organization) {
      organizations.add(organization);
      last = System.nanoTime();
    }

    synchronized int count() {
      return organizations.size();
    }

    synchronized long last() {
      return last;
    }

    synchronized boolean allOf(int organization) {
      return organizations.stream().allMatch(one -> one == organization);
    }
  }

  /** One connection with what has come of its present event. */
  private record Client(SocketChannel channel, int organization, StringBuilder text) {}

  StreamClients(int port) throws IOException {
    this.port = port;
    reader.setDaemon(true);
    reader.start();
  }

  /** Connects one after another. */
  void open(List<Caller> callers) throws IOException {
    for (Caller caller : callers) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.write(
          ByteBuffer.wrap(
              ("GET /api/v1/events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                      + caller.key()
                      + "\r\nAccept: text/event-stream\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII)));
      channel.configureBlocking(false);
      Client client = new Client(channel, caller.organization(), new StringBuilder());
      synchronized (clients) {
        clients.add(client);
      }
      selector.wakeup();
      channel.register(selector, SelectionKey.OP_READ, client);
    }
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    try {
      while (!closed) {
        selector.select(
            key -> {
              try {
                take((Client) key.attachment(), buffer);
              } catch (IOException e) {
                key.cancel();
              }
            },
            50);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void take(Client client, ByteBuffer buffer) throws IOException {
    buffer.clear();
    int count = client.channel().read(buffer);
    if (count < 0) {
      throw new IOException("the stream has ended");
    }
    StringBuilder text = client.text();
    text.append(new String(buffer.array(), 0, count, StandardCharsets.ISO_8859_1));
    Matcher matcher = MESSAGE.matcher(text);
    int end = 0;
    while (matcher.find()) {
      arrivals.computeIfAbsent(matcher.group(1), any -> new Arrivals()).add(client.organization());
      end = matcher.end();
    }
    text.delete(0, end);
    if (text.length() > LONGEST) {
      throw new IOException("no event in " + LONGEST + " characters: " + text.substring(0, 200));
    }
  }

  /** How many of an organization's have a connection. */
  int clientsOf(int organization) {
    synchronized (clients) {
      return (int) clients.stream().filter(one -> one.organization() == organization).count();
    }
  }

  /** How often the event of a message came. */
  int arrivals(String message) {
    Arrivals found = arrivals.get(message);
    return found == null ? 0 : found.count();
  }

  /** When it came last, by {@link System#nanoTime}. */
  long lastArrival(String message) {
    return arrivals.get(message).last();
  }

  /** Whether the event of a message came once to each client of its organization, and no other. */
  boolean isExactlyAt(String message, int organization) {
    Arrivals found = arrivals.get(message);
    return found.count() == clientsOf(organization) && found.allOf(organization);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    synchronized (clients) {
      for (Client client : clients) {
        client.channel().close();
      }
    }
    selector.close();
  }
}
