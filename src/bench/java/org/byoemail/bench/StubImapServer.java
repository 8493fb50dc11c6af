package org.byoemail.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLContext;
import org.byoemail.support.ServerCertificate;
import org.jspecify.annotations.Nullable;

/**
 * An IMAP server for tens of thousands of idle clients, where a real one needs a process for each.
 * Every login exists, with any password, and has one empty inbox; mail is put in by {@link
 * #deliver}. One thread does everything. Keeps nothing after its end.
 *
 * <p>It runs in a process of its own, for which see {@link StubImapProcess}.
 */
final class StubImapServer implements AutoCloseable {
  private static final DateTimeFormatter INTERNAL_DATE =
      DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss Z", Locale.ROOT);

  final ByteBuffer in = ByteBuffer.allocate(64 << 10);
  final ByteBuffer clear = ByteBuffer.allocate(32 << 10);
  final ByteBuffer out = ByteBuffer.allocate(32 << 10);
  final Set<StubConnection> toFlush = new LinkedHashSet<>();
  long commands;
  long logins;
  int idling;
  private final Selector selector;
  private final ServerSocketChannel plain;
  private final @Nullable ServerSocketChannel tls;
  private final @Nullable SSLContext context;
  private final Map<String, StubMailbox> mailboxes = new HashMap<>();
  private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();
  private final @Nullable Duration keepAlive;
  private final Thread thread = new Thread(this::run, "stub-imap");
  private volatile boolean closed;
  private int connections;
  private long lastKeepAlive = System.nanoTime();

  /**
   * Begins to listen on free ports of loopback.
   *
   * @param context null for one without TLS
   * @param keepAlive how often idle clients are told that the server is still there, as Dovecot
   *     does every 2 min; null for never
   */
  StubImapServer(@Nullable SSLContext context, @Nullable Duration keepAlive) throws IOException {
    this.context = context;
    this.keepAlive = keepAlive;
    selector = Selector.open();
    plain = listen();
    tls = context == null ? null : listen();
    thread.start();
  }

  private ServerSocketChannel listen() throws IOException {
    ServerSocketChannel listening = ServerSocketChannel.open();
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    listening.configureBlocking(false);
    listening.register(selector, SelectionKey.OP_ACCEPT);
    return listening;
  }

  int port() {
    return plain.socket().getLocalPort();
  }

  /** -1 for a server without TLS. */
  int tlsPort() {
    return tls == null ? -1 : tls.socket().getLocalPort();
  }

  /** How it stands, by name. */
  record Figures(int connections, int idling, long logins, long commands) {}

  Figures figures() {
    return ask(() -> new Figures(connections, idling, logins, commands));
  }

  /** The logins that wait by IDLE, once for each connection. */
  List<String> watched() {
    return ask(
        () -> {
          List<String> found = new ArrayList<>();
          for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof StubConnection open && open.session.isIdling()) {
              found.add(open.session.login());
            }
          }
          return found;
        });
  }

  /** Puts a mail, lines ending in CRLF, into the inbox of a login; returns its UID. */
  long deliver(String login, String mail) {
    return ask(() -> mailbox(login).deliver(mail));
  }

  StubMailbox mailbox(String login) {
    return mailboxes.computeIfAbsent(login, any -> new StubMailbox());
  }

  String internalDate() {
    return INTERNAL_DATE.format(OffsetDateTime.now(ZoneOffset.UTC));
  }

  private <T> T ask(java.util.function.Supplier<T> question) {
    java.util.concurrent.CompletableFuture<T> answer =
        new java.util.concurrent.CompletableFuture<>();
    requests.add(() -> answer.complete(question.get()));
    selector.wakeup();
    return answer.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(200);
        for (SelectionKey key : selector.selectedKeys()) {
          serve(key);
        }
        selector.selectedKeys().clear();
        for (Runnable request = requests.poll(); request != null; request = requests.poll()) {
          request.run();
        }
        keepAlive();
        flush();
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      throw new IllegalStateException("the stub IMAP server ended", e);
    }
  }

  private void serve(SelectionKey key) {
    if (!key.isValid()) {
      return;
    }
    if (key.attachment() instanceof StubConnection open) {
      try {
        if (key.isReadable()) {
          open.read();
        }
        if (key.isValid() && key.isWritable()) {
          open.flush();
        }
      } catch (IOException | RuntimeException e) {
        close(open);
      }
    } else {
      accept((ServerSocketChannel) key.channel());
    }
  }

  private void accept(ServerSocketChannel listening) {
    try {
      for (SocketChannel client = listening.accept(); client != null; client = listening.accept()) {
        client.configureBlocking(false);
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        SelectionKey key = client.register(selector, SelectionKey.OP_READ);
        boolean secured = listening.equals(tls) && context != null;
        key.attach(
            new StubConnection(this, client, key, secured ? context.createSSLEngine() : null));
        connections++;
      }
    } catch (IOException e) {
      throw new IllegalStateException("the stub IMAP server cannot accept", e);
    }
  }

  private void keepAlive() {
    if (keepAlive != null && System.nanoTime() - lastKeepAlive > keepAlive.toNanos()) {
      lastKeepAlive = System.nanoTime();
      byte[] words = "* OK Still here\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      for (SelectionKey key : selector.keys()) {
        if (key.attachment() instanceof StubConnection open && open.session.isIdling()) {
          open.send(words, 0, words.length);
        }
      }
    }
  }

  private void flush() {
    List<StubConnection> ready = List.copyOf(toFlush);
    toFlush.clear();
    for (StubConnection open : ready) {
      try {
        open.flush();
      } catch (IOException | java.nio.channels.CancelledKeyException e) {
        close(open);
      }
    }
  }

  private void close(StubConnection open) {
    if (open.close()) {
      connections--;
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Runs one until its input ends: requests are lines there, answers are lines of its output. The
   * first line says the two ports.
   *
   * @param arguments the PEM files of certificate and key, and the seconds between two signs of
   *     life for idle clients (0 for none)
   */
  public static void main(String[] arguments) throws IOException {
    SSLContext context =
        new ServerCertificate(Path.of(arguments[0]), Path.of(arguments[1])).serverContext();
    Duration keepAlive = Duration.ofSeconds(Long.parseLong(arguments[2]));
    try (StubImapServer server =
        new StubImapServer(context, keepAlive.isZero() ? null : keepAlive)) {
      StubImapProcess.serve(server, System.in, System.out);
    }
  }
}
