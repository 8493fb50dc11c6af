package org.byoemail.mail;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What of a stream belongs to Base64 (RFC 2045 section 6.8); the rest is left out, because the
 * decoder makes a text about each such byte.
 */
final class Base64Letters extends FilterInputStream {
  Base64Letters(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    int next = in.read();
    while (next >= 0 && !isLetter(next)) {
      next = in.read();
    }
    return next;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int kept = 0;
    while (kept == 0) {
      int count = in.read(buffer, from, length);
      if (count < 0) {
        return -1;
      }
      for (int i = from; i < from + count; i++) {
        if (isLetter(buffer[i])) {
          buffer[from + kept++] = buffer[i];
        }
      }
    }
    return kept;
  }

  private static boolean isLetter(int c) {
    return c >= 'A' && c <= 'Z'
        || c >= 'a' && c <= 'z'
        || c >= '0' && c <= '9'
        || c == '+'
        || c == '/'
        || c == '=';
  }
}
