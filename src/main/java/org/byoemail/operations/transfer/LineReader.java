package org.byoemail.operations.transfer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Splits a file of accounts into lines of bounded length. A line of CSV ends at a line break
 * outside quotes (RFC 4180 section 2); its separator is a comma, or a semicolon where the header
 * has no comma. Blank lines and a byte order mark at the start are skipped. For one thread; does
 * not close its input.
 */
public final class LineReader {
  /** The longest line in bytes. */
  public static final int MAX_LINE_BYTES = 64 << 10;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream in;
  private final FileFormat format;
  private long next = 1;
  private char separator = ',';

  public LineReader(InputStream in, FileFormat format) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.format = format;
  }

  /**
   * A line.
   *
   * @param number of its first line in the file, from 1
   * @param text without the line break; null if it cannot be read
   * @param problem why it cannot be read; null if it can
   */
  public record Line(long number, @Nullable String text, @Nullable String problem) {}

  /**
   * The next line; null at the end.
   *
   * @throws IOException if the input cannot be read
   */
  public @Nullable Line next() throws IOException {
    Line line;
    do {
      line = read();
    } while (line != null && line.text() != null && line.text().isBlank());
    return line;
  }

  /** What separates the cells of CSV, once the header is read. */
  public char separator() {
    return separator;
  }

  private @Nullable Line read() throws IOException {
    long number = next;
    int octet = in.read();
    if (octet < 0) {
      return null;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Quotes quotes = new Quotes(separator);
    boolean tooLong = false;
    for (; octet >= 0 && (octet != '\n' || quotes.open); octet = in.read()) {
      if (format == FileFormat.CSV) {
        quotes.next(octet);
      }
      if (octet == '\n') {
        next++;
      }
      if (bytes.size() < MAX_LINE_BYTES) {
        bytes.write(octet);
      } else {
        tooLong = true;
      }
    }
    next++;
    if (tooLong) {
      return new Line(
          number,
          null,
          "is longer than "
              + MAX_LINE_BYTES
              + " bytes"
              + (quotes.open ? ": a quote is not closed" : ""));
    }
    Line line = decoded(number, bytes.toByteArray());
    if (number == 1 && line.text() != null && line.text().indexOf(',') < 0) {
      separator = line.text().indexOf(';') < 0 ? ',' : ';';
    }
    return line;
  }

  private static Line decoded(long number, byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
        text = text.substring(1);
      }
      if (text.indexOf('\0') >= 0) {
        return new Line(number, null, "has a NUL character: the file must be text in UTF-8");
      }
      return new Line(
          number, text.endsWith("\r") ? text.substring(0, text.length() - 1) : text, null);
    } catch (CharacterCodingException e) {
      return new Line(number, null, "is not UTF-8");
    }
  }

  /**
   * Whether a line of CSV continues after a line break. A quote opens only at the start of a cell.
   */
  private static final class Quotes {
    private final char separator;
    private boolean open;
    private boolean closed;
    private boolean atStart = true;

    Quotes(char separator) {
      this.separator = separator;
    }

    void next(int octet) {
      if (octet == '"') {
        // A doubled quote is one quote in the cell.
        boolean opens = !open && (atStart || closed);
        closed = open;
        open = opens;
        atStart = false;
      } else if (!open) {
        closed = false;
        atStart = octet == separator || atStart && (octet == ' ' || octet == '\t');
      }
    }
  }
}
