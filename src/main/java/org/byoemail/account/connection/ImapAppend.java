package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Future;

/**
 * Appends a mail to a folder (RFC 9051 section 6.3.12). The mail is written twice, to count its
 * bytes and to send them, and never held in memory.
 */
public final class ImapAppend {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final int BLOCK = 16 << 10;

  private ImapAppend() {}

  /** A mail that can be written repeatedly, with the same bytes each time. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException, MessagingException;
  }

  /**
   * Appends a mail, marked as read.
   *
   * @param limit the time for the whole command; the connection is then cut
   * @throws ImapRefused if the server refuses it
   * @throws MessagingException if the connection was lost, and the folder may have the mail; or
   *     where the mail cannot be read
   */
  public static void asRead(
      ImapConnection connection, String folder, Instant received, Content content, Duration limit)
      throws MessagingException {
    append(connection, folder, "\\Seen", received, content, limit);
  }

  /** As {@link #asRead}, marked as read and as a draft. */
  public static void asDraft(
      ImapConnection connection, String folder, Instant received, Content content, Duration limit)
      throws MessagingException {
    append(connection, folder, "\\Seen \\Draft", received, content, limit);
  }

  private static void append(
      ImapConnection connection,
      String folder,
      String flags,
      Instant received,
      Content content,
      Duration limit)
      throws MessagingException {
    long size = size(content);
    String command =
        "APPEND %s (%s) \"%s\" {%d}"
            .formatted(SelectResult.name(folder), flags, DATE.format(received), size);
    // A write would block for ever if the server stopped reading.
    Future<?> guard = connection.wire().cutIn(limit);
    try {
      connection.send(command, request -> write(connection, content), limit);
    } finally {
      guard.cancel(false);
    }
  }

  private static void write(ImapConnection connection, Content content) throws IOException {
    try (OutputStream out = new BufferedOutputStream(new WireOutput(connection.wire()), BLOCK)) {
      content.writeTo(out);
      out.write('\r');
      out.write('\n');
    } catch (MessagingException | RuntimeException e) {
      // The next command would become part of the literal: an IOException makes the caller close
      // the connection.
      throw new IOException("the mail cannot be read", e);
    }
  }

  private static long size(Content content) throws MessagingException {
    Counter counter = new Counter();
    try {
      content.writeTo(counter);
    } catch (IOException e) {
      throw new MessagingException("the mail cannot be read", e);
    }
    return counter.bytes;
  }

  private static final class WireOutput extends OutputStream {
    private final Wire wire;

    WireOutput(Wire wire) {
      this.wire = wire;
    }

    @Override
    public void write(int b) throws IOException {
      wire.write(new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      wire.write(ByteBuffer.wrap(bytes, offset, length));
    }
  }

  private static final class Counter extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      bytes += length;
    }
  }
}
