package org.byoemail.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one client, in the clear or under TLS. Holds no buffer while nothing is under way:
 * those that are read and written through are the server's, for its one thread.
 */
final class StubConnection {
  private final StubImapServer server;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final @Nullable SSLEngine engine;
  final StubSession session;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream(0);
  private byte[] encrypted = new byte[0];
  private byte[] line = new byte[0];
  private boolean greeted;
  private boolean closing;

  StubConnection(
      StubImapServer server, SocketChannel channel, SelectionKey key, @Nullable SSLEngine engine)
      throws IOException {
    this.server = server;
    this.channel = channel;
    this.key = key;
    this.engine = engine;
    this.session = new StubSession(server, this);
    if (engine == null) {
      greet();
    } else {
      engine.setUseClientMode(false);
      engine.beginHandshake();
    }
  }

  private void greet() {
    greeted = true;
    session.greet();
  }

  void closeWhenSent() {
    closing = true;
  }

  /** Says that; it leaves with {@link #flush}. */
  void send(byte[] bytes, int from, int length) {
    if (engine == null) {
      waiting.write(bytes, from, length);
    } else {
      wrap(ByteBuffer.wrap(bytes, from, length));
    }
    server.toFlush.add(this);
  }

  private void wrap(ByteBuffer clear) {
    try {
      do {
        server.out.clear();
        engine.wrap(clear, server.out);
        waiting.write(server.out.array(), 0, server.out.position());
      } while (clear.hasRemaining());
    } catch (IOException e) {
      throw new IllegalStateException("TLS of the stub failed", e);
    }
  }

  void flush() throws IOException {
    if (waiting.size() > 0) {
      byte[] all = waiting.toByteArray();
      int written = channel.write(ByteBuffer.wrap(all));
      waiting.reset();
      waiting.write(all, written, all.length - written);
    }
    if (closing && waiting.size() == 0) {
      throw new IOException("said goodbye");
    }
    key.interestOps(SelectionKey.OP_READ | (waiting.size() > 0 ? SelectionKey.OP_WRITE : 0));
  }

  void read() throws IOException {
    ByteBuffer in = server.in;
    in.clear();
    in.put(encrypted);
    int count = channel.read(in);
    if (count < 0) {
      throw new IOException("the client left");
    }
    in.flip();
    encrypted = new byte[0];
    if (engine == null) {
      lines(in);
      return;
    }
    unwrap(in);
    encrypted = new byte[in.remaining()];
    in.get(encrypted);
  }

  private void unwrap(ByteBuffer in) throws IOException {
    for (boolean more = true; more; ) {
      server.clear.clear();
      SSLEngineResult result = engine.unwrap(in, server.clear);
      server.clear.flip();
      lines(server.clear);
      HandshakeStatus status = result.getHandshakeStatus();
      while (status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP) {
        if (status == HandshakeStatus.NEED_TASK) {
          engine.getDelegatedTask().run();
        } else {
          wrap(ByteBuffer.allocate(0));
          server.toFlush.add(this);
        }
        status = engine.getHandshakeStatus();
      }
      if (!greeted && status == HandshakeStatus.NOT_HANDSHAKING) {
        greet();
      }
      more =
          in.hasRemaining()
              && result.getStatus() == SSLEngineResult.Status.OK
              && !engine.isInboundDone();
    }
    if (engine.isInboundDone()) {
      throw new IOException("the client ended TLS");
    }
  }

  private void lines(ByteBuffer bytes) {
    int start = bytes.position();
    for (int at = start; at < bytes.limit(); at++) {
      if (bytes.get(at) == '\n') {
        String rest = text(bytes, start, at);
        start = at + 1;
        session.line(
            (new String(line, StandardCharsets.ISO_8859_1) + rest).replaceFirst("\r$", ""));
        line = new byte[0];
      }
    }
    if (start < bytes.limit()) {
      line =
          (new String(line, StandardCharsets.ISO_8859_1) + text(bytes, start, bytes.limit()))
              .getBytes(StandardCharsets.ISO_8859_1);
    }
    bytes.position(bytes.limit());
  }

  private static String text(ByteBuffer bytes, int from, int to) {
    return new String(
        bytes.array(), bytes.arrayOffset() + from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** False where it was closed before. */
  boolean close() {
    if (!channel.isOpen()) {
      return false;
    }
    session.gone();
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("a connection of the stub does not close", e);
    }
    return true;
  }
}
