package org.byoemail.mail;

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
}
