package org.byoemail.format.mail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;

/** A stretch of the bytes of a mail, which is never copied: from a position up to another. */
public record ByteSlice(byte[] data, int from, int to) {
  /** All of these bytes. */
  public static ByteSlice of(byte[] data) {
    return new ByteSlice(data, 0, data.length);
  }

  public int length() {
    return to - from;
  }

  /** What is left of it from that position of the mail on. */
  public ByteSlice startingAt(int position) {
    return new ByteSlice(data, position, to);
  }

  /** Its bytes to read numbers from; positions count from the start of the whole mail. */
  public ByteBuffer littleEndian() {
    return bigEndian().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The same with the high byte first. */
  public ByteBuffer bigEndian() {
    return ByteBuffer.wrap(data, from, length());
  }

  /** Its bytes as text, with nothing left out. */
  public String text(Charset charset) {
    return new String(data, from, length(), charset);
  }
}
