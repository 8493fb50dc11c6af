package org.byoemail.account.connection;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Future;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of a connection, in the clear or under TLS. An idle one holds no buffer, which is why
 * this is not a socket of JSSE; and no monitor is held while the network is waited for, which is
 * why virtual threads may use it. Used by one thread at a time; {@link #close} by any.
 */
final class Wire implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Wire.class);

  private final SocketChannel channel;
  private final WireBuffers buffers;
  private final WriteTimeouts writeTimeouts;
  private final Duration writeLimit;
  private ByteBuffer here = WireBuffers.NOTHING;
  private ByteBuffer encrypted = WireBuffers.NOTHING;
  private @Nullable SSLEngine tls;
  private volatile @Nullable Deadline writeEnds;
  private volatile boolean overdue;

  private Wire(
      SocketChannel channel,
      WireBuffers buffers,
      WriteTimeouts writeTimeouts,
      Duration writeLimit) {
    this.channel = channel;
    this.buffers = buffers;
    this.writeTimeouts = writeTimeouts;
    this.writeLimit = writeLimit;
  }

  /**
   * Connects.
   *
   * @param deadline for the connection itself
   * @param writeLimit for each piece that is written from then on
   */
  static Wire connect(
      InetSocketAddress address,
      Deadline deadline,
      WireBuffers buffers,
      WriteTimeouts writeTimeouts,
      Duration writeLimit)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(address, deadline.millisLeft());
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      // So that a peer that vanished is noticed while the connection is idle.
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      return new Wire(channel, buffers, writeTimeouts, writeLimit);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The connection, for a selector. It must be in blocking mode whenever this is used. */
  SocketChannel channel() {
    return channel;
  }

  /** What has been received and not been read yet; to be read by the caller. */
  ByteBuffer buffered() {
    return here;
  }

  /** Discards what has been received and not been read yet. */
  void discard() {
    here.position(here.limit());
  }

  /**
   * Begins TLS.
   *
   * @throws SSLException if it fails, or the server has sent more in the clear (which anyone in
   *     between could have written)
   */
  void secure(SSLEngine engine, Deadline deadline) throws IOException {
    if (here.hasRemaining()) {
      throw new SSLException("the server spoke on before TLS had begun");
    }
    here = buffers.enlarge(here);
    encrypted = buffers.enlarge(encrypted);
    tls = engine;
    engine.beginHandshake();
    HandshakeStatus status = engine.getHandshakeStatus();
    while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
      if (status == HandshakeStatus.NEED_UNWRAP || status == HandshakeStatus.NEED_UNWRAP_AGAIN) {
        SSLEngineResult result = unwrap(engine);
        if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
          encrypted.compact();
          receive(encrypted, deadline);
        }
        status = result.getHandshakeStatus();
        if (engine.isInboundDone()) {
          throw new SSLException("the server ended TLS");
        }
      } else {
        status = handshakeStep(engine, status);
      }
    }
  }

  /** Waits until there is something {@link #here}. */
  void await(Deadline deadline) throws IOException {
    while (!here.hasRemaining()) {
      receive(deadline);
    }
  }

  /** Receives once what there is, which may be half of something, and then leaves nothing here. */
  void receive(Deadline deadline) throws IOException {
    if (hasMore()) {
      return;
    }
    if (tls == null) {
      here = buffers.enlarge(here).clear();
      receive(here, deadline);
    } else {
      encrypted = buffers.enlarge(encrypted).compact();
      receive(encrypted, deadline);
      hasMore();
    }
  }

  /** Whether there is something {@link #here}, be it still encrypted; receives nothing. */
  boolean hasMore() throws IOException {
    SSLEngine engine = tls;
    while (engine != null && !here.hasRemaining() && encrypted.hasRemaining()) {
      here = buffers.enlarge(here);
      SSLEngineResult result = unwrap(engine);
      for (HandshakeStatus status = result.getHandshakeStatus();
          status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP; ) {
        status = handshakeStep(engine, status);
      }
      if (engine.isInboundDone() && !here.hasRemaining()) {
        throw new EOFException("the server has closed the connection");
      }
      if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
        break;
      }
    }
    return here.hasRemaining();
  }

  private SSLEngineResult unwrap(SSLEngine engine) throws SSLException {
    here.clear();
    SSLEngineResult result;
    try {
      result = engine.unwrap(encrypted, here);
    } finally {
      here.flip();
    }
    if (result.getStatus() == Status.BUFFER_OVERFLOW) {
      throw new SSLException("a record of TLS is longer than it may be");
    }
    return result;
  }

  /** Does what TLS asks of this side. */
  private HandshakeStatus handshakeStep(SSLEngine engine, HandshakeStatus status)
      throws IOException {
    if (status == HandshakeStatus.NEED_TASK) {
      for (Runnable task = engine.getDelegatedTask();
          task != null;
          task = engine.getDelegatedTask()) {
        task.run();
      }
      return engine.getHandshakeStatus();
    }
    return wrap(engine, WireBuffers.NOTHING);
  }

  private HandshakeStatus wrap(SSLEngine engine, ByteBuffer clear) throws IOException {
    ByteBuffer out = buffers.borrow();
    try {
      SSLEngineResult result = engine.wrap(clear, out);
      if (result.getStatus() != Status.OK && out.position() == 0) {
        throw new SSLException("the connection was closed");
      }
      out.flip();
      send(out);
      return result.getHandshakeStatus();
    } finally {
      buffers.release(out.limit(out.position()));
    }
  }

  private void receive(ByteBuffer target, Deadline deadline) throws IOException {
    int count = -1;
    try {
      channel.socket().setSoTimeout(deadline.millisLeft());
      count =
          channel
              .socket()
              .getInputStream()
              .read(target.array(), target.position(), target.remaining());
    } finally {
      target.position(target.position() + Math.max(0, count)).flip();
    }
    if (count < 0) {
      throw new EOFException("the server has closed the connection");
    }
  }

  void write(byte[] bytes) throws IOException {
    write(ByteBuffer.wrap(bytes));
  }

  /**
   * Writes all that remains in a buffer.
   *
   * @throws SocketTimeoutException where the server takes no more bytes; the connection is cut
   */
  void write(ByteBuffer clear) throws IOException {
    SSLEngine engine = tls;
    if (engine == null) {
      send(clear);
    } else {
      while (clear.hasRemaining()) {
        wrap(engine, clear);
      }
    }
  }

  /** Tells the server that nothing more comes under TLS. */
  void endTls() throws IOException {
    SSLEngine engine = tls;
    if (engine != null) {
      engine.closeOutbound();
      wrap(engine, WireBuffers.NOTHING);
    }
  }

  private void send(ByteBuffer bytes) throws IOException {
    writeEnds = Deadline.in(writeLimit);
    writeTimeouts.begin(this);
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (ClosedChannelException e) {
      if (overdue) {
        throw new SocketTimeoutException("the server takes no more bytes");
      }
      throw e;
    } finally {
      writeTimeouts.end(this);
    }
  }

  /** Cuts the connection if a write has not ended in time. Called by another thread. */
  void cutIfOverdue() {
    Deadline ends = writeEnds;
    if (ends != null && ends.isOver()) {
      overdue = true;
      cut();
    }
  }

  /** Gives the buffers back until it is next used. */
  void rest() {
    here = buffers.release(here);
    encrypted = buffers.release(encrypted);
  }

  /**
   * Has the connection cut in a while, unless that is cancelled before: many writes, each of them
   * in time, may take too long together.
   */
  Future<?> cutIn(Duration limit) {
    return writeTimeouts.cutIn(limit, this);
  }

  /** Cuts the connection; never throws. */
  void cut() {
    try {
      close();
    } catch (IOException e) {
      log.debug("A connection did not close", e);
    }
  }

  /** Cuts the connection. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return "connection to a mail server";
  }
}
