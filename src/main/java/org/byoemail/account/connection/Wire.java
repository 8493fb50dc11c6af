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
 * A connection in plaintext or over TLS. Unlike a JSSE socket it holds no buffer while idle, and no
 * monitor during network I/O, so that virtual threads can use it. Used by one thread at a time;
 * {@link #close} by any.
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
   * Opens a connection.
   *
   * @param deadline of the TCP connect
   * @param writeLimit the timeout of each write
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
      // To detect a dead peer while the connection is idle.
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

  /** The received bytes that have not been read. */
  ByteBuffer buffered() {
    return here;
  }

  /** Discards the received bytes that have not been read. */
  void discard() {
    here.position(here.limit());
  }

  /**
   * Performs the TLS handshake.
   *
   * @throws SSLException if it fails, or plaintext was received after the STARTTLS reply (command
   *     injection)
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

  /** Waits until bytes are {@link #buffered}. */
  void await(Deadline deadline) throws IOException {
    while (!here.hasRemaining()) {
      receive(deadline);
    }
  }

  /** Receives once without waiting for more; a partial TLS record leaves nothing buffered. */
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

  /**
   * Whether bytes are {@link #buffered}, possibly still encrypted. Does not read from the network.
   */
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

  /** Performs one step of the TLS handshake. */
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
   * Writes the remaining bytes of a buffer.
   *
   * @throws SocketTimeoutException if the server stops reading; the connection is closed
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

  /** Sends the TLS close_notify alert. */
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

  /** Closes the connection if a write is overdue. Called by another thread. */
  void cutIfOverdue() {
    Deadline ends = writeEnds;
    if (ends != null && ends.isOver()) {
      overdue = true;
      cut();
    }
  }

  /** Returns the buffers until the next use. */
  void rest() {
    here = buffers.release(here);
    encrypted = buffers.release(encrypted);
  }

  /**
   * Schedules closing the connection, unless cancelled: many writes, each in time, may take too
   * long together.
   */
  Future<?> cutIn(Duration limit) {
    return writeTimeouts.cutIn(limit, this);
  }

  /** Closes the connection; never throws. */
  void cut() {
    try {
      close();
    } catch (IOException e) {
      log.debug("A connection did not close", e);
    }
  }

  /** Closes the connection. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return "connection to a mail server";
  }
}
