package org.byoemail.format.authentication;

import java.security.MessageDigest;

/** The SHA-256 of a body in one canonical form (RFC 6376 section 3.4), computed as it is read. */
final class BodyHash {
  private static final byte[] LINE_END = {'\r', '\n'};

  private final boolean relaxed;
  private final MessageDigest digest = Hashes.sha256();
  private final byte[] buffer = new byte[8192];
  private int buffered;
  private long emptyLines;
  private boolean lineIsEmpty = true;
  private boolean blank;
  private boolean carriage;
  private boolean anything;

  BodyHash(boolean relaxed) {
    this.relaxed = relaxed;
  }

  void update(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      byte b = bytes[i];
      if (b == '\n') {
        endLine();
        carriage = false;
        continue;
      }
      if (carriage) {
        write((byte) '\r');
      }
      carriage = b == '\r';
      if (!carriage) {
        write(b);
      }
    }
  }

  byte[] end() {
    if (carriage) {
      write((byte) '\r');
    }
    if (!lineIsEmpty) {
      endLine();
    }
    if (!relaxed && !anything) {
      put(LINE_END[0]);
      put(LINE_END[1]);
    }
    digest.update(buffer, 0, buffered);
    return digest.digest();
  }

  private void write(byte b) {
    if (relaxed && (b == ' ' || b == '\t')) {
      blank = true;
      return;
    }
    for (; emptyLines > 0; emptyLines--) {
      put(LINE_END[0]);
      put(LINE_END[1]);
    }
    if (blank) {
      put((byte) ' ');
      blank = false;
    }
    put(b);
    lineIsEmpty = false;
    anything = true;
  }

  private void endLine() {
    blank = false;
    if (lineIsEmpty) {
      // Those at the end of the body are left out.
      emptyLines++;
    } else {
      put(LINE_END[0]);
      put(LINE_END[1]);
      lineIsEmpty = true;
    }
  }

  private void put(byte b) {
    if (buffered == buffer.length) {
      digest.update(buffer, 0, buffered);
      buffered = 0;
    }
    buffer[buffered++] = b;
  }
}
