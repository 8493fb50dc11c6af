package org.byoemail.outbound.submission;

import java.io.ByteArrayOutputStream;

/** Collects bytes up to a limit, and refuses the first one above it. */
final class BoundedBytes extends ByteArrayOutputStream {

  private final int limit;

  BoundedBytes(int limit) {
    this.limit = limit;
  }

  /** There is more than the limit. */
  static final class Full extends RuntimeException {
    Full(int limit) {
      super("more than " + limit + " bytes");
    }
  }

  @Override
  public synchronized void write(int b) {
    reserve(1);
    super.write(b);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    reserve(length);
    super.write(bytes, offset, length);
  }

  private void reserve(int length) {
    if (length > limit - count) {
      throw new Full(limit);
    }
  }
}
