package org.byoemail.account.connection;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Buffers that connections borrow while they are worked with, each large enough for one record of
 * TLS. An idle connection has none. Safe for use by many threads.
 */
final class WireBuffers {
  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private static final int SIZE = 17 << 10;
  private static final int KEPT = 128;

  private final ConcurrentLinkedDeque<ByteBuffer> unused = new ConcurrentLinkedDeque<>();
  private final AtomicInteger count = new AtomicInteger();

  /** An empty buffer, to be written to. */
  ByteBuffer borrow() {
    ByteBuffer buffer = unused.pollFirst();
    if (buffer == null) {
      return ByteBuffer.allocate(SIZE);
    }
    count.decrementAndGet();
    return buffer.clear();
  }

  /** Takes one back; the caller forgets it. What holds something is copied to its size instead. */
  ByteBuffer release(ByteBuffer buffer) {
    ByteBuffer rest = rest(buffer);
    if (isBorrowed(buffer) && count.get() < KEPT) {
      count.incrementAndGet();
      unused.addFirst(buffer);
    }
    return rest;
  }

  private static ByteBuffer rest(ByteBuffer buffer) {
    if (!buffer.hasRemaining()) {
      return NOTHING;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private static boolean isBorrowed(ByteBuffer buffer) {
    return buffer.capacity() == SIZE;
  }

  /** A borrowed buffer, to be read from, with what that one holds. */
  ByteBuffer enlarge(ByteBuffer small) {
    if (isBorrowed(small)) {
      return small;
    }
    return borrow().put(small).flip();
  }
}
