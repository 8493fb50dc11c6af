package org.byoemail.account.connection;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool of buffers, each large enough for one TLS record. Idle connections hold none. Safe for use
 * by many threads.
 */
final class WireBuffers {
  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private static final int SIZE = 17 << 10;
  private static final int KEPT = 128;

  private final ConcurrentLinkedDeque<ByteBuffer> unused = new ConcurrentLinkedDeque<>();
  private final AtomicInteger count = new AtomicInteger();

  /** Borrows an empty buffer, in write mode. */
  ByteBuffer borrow() {
    ByteBuffer buffer = unused.pollFirst();
    if (buffer == null) {
      return ByteBuffer.allocate(SIZE);
    }
    count.decrementAndGet();
    return buffer.clear();
  }

  /**
   * Returns a buffer; the caller must not use it again. One that holds data is replaced by a copy
   * of that size.
   */
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

  /** Borrows a buffer in read mode, with the contents of the given one. */
  ByteBuffer enlarge(ByteBuffer small) {
    if (isBorrowed(small)) {
      return small;
    }
    return borrow().put(small).flip();
  }
}
