package org.byoemail.mail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;

/** A stretch of the bytes of a mail, which is never copied: from a position up to another. */
record Stretch(byte[] data, int from, int to) {
  static Stretch of(byte[] data) {
    return new Stretch(data, 0, data.length);
  }

  int length() {
    return to - from;
  }

  Stretch startingAt(int position) {
    return new Stretch(data, position, to);
  }

  Lines lines() {
    return new Lines(data, from, to);
  }

  /** Its bytes to read numbers from; positions are those of the whole mail. */
  ByteBuffer littleEndian() {
    return bigEndian().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The same with the high byte first. */
  ByteBuffer bigEndian() {
    return ByteBuffer.wrap(data, from, length());
  }

  String text(Charset charset) {
    return new String(data, from, length(), charset);
  }
}
