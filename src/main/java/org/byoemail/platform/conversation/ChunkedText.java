package org.byoemail.platform.conversation;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A text that is stored elsewhere, one piece after the other. Used by one thread. */
final class ChunkedText implements Iterator<String> {
  private static final int CHUNK = 256 * 1024;

  private final Source source;
  private String piece = "";
  private int start;
  private boolean isLast;

  /** Reads parts of the text. */
  interface Source {
    /** The code points from there on; fewer at the end of the text. */
    String read(int start, int count);
  }

  ChunkedText(Source source) {
    this.source = source;
  }

  @Override
  public boolean hasNext() {
    if (piece.isEmpty() && !isLast) {
      piece = source.read(start, CHUNK);
      int count = piece.codePointCount(0, piece.length());
      start += count;
      isLast = count < CHUNK;
    }
    return !piece.isEmpty();
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    String next = piece;
    piece = "";
    return next;
  }

  /** The same as characters. */
  Reader reader() {
    return new Reader() {
      private String current = "";
      private int place;

      @Override
      public int read(char[] buffer, int offset, int length) {
        if (place == current.length()) {
          if (!hasNext()) {
            return -1;
          }
          current = next();
          place = 0;
        }
        int count = Math.min(length, current.length() - place);
        current.getChars(place, place + count, buffer, offset);
        place += count;
        return count;
      }

      @Override
      public void close() {
        isLast = true;
        piece = "";
      }
    };
  }

  /** The same in UTF-8. */
  InputStream bytes() {
    return new SequenceInputStream(
        new Enumeration<InputStream>() {
          @Override
          public boolean hasMoreElements() {
            return hasNext();
          }

          @Override
          public InputStream nextElement() {
            return new ByteArrayInputStream(next().getBytes(StandardCharsets.UTF_8));
          }
        });
  }
}
