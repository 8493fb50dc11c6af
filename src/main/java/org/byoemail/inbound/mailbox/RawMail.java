package org.byoemail.inbound.mailbox;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of a mail while it is being processed: in memory up to 1 MB, beyond that in a temporary
 * file, which is deleted when this is closed.
 */
public final class RawMail implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RawMail.class);
  private static final int IN_MEMORY = 1 << 20;
  private static final int PIECE = 1 << 16;

  private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream(8192);
  private @Nullable Path file;
  private @Nullable OutputStream toFile;
  private long size;

  /** A mail of those bytes. */
  public static RawMail of(byte[] bytes) {
    RawMail mail = new RawMail();
    mail.append(bytes, bytes.length);
    return mail;
  }

  /**
   * A mail read from a stream, which stays open.
   *
   * @throws UncheckedIOException where it cannot be read
   */
  public static RawMail of(InputStream in) {
    RawMail mail = new RawMail();
    byte[] piece = new byte[PIECE];
    try {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        mail.append(piece, read);
      }
      return mail;
    } catch (IOException e) {
      mail.close();
      throw new UncheckedIOException("a mail cannot be read", e);
    }
  }

  /** Its header, up to the first empty line; at most 1 MB. */
  byte[] header() {
    try (InputStream in = open()) {
      return headerOf(in.readNBytes(IN_MEMORY));
    } catch (IOException e) {
      throw new UncheckedIOException("a mail cannot be read from the temporary folder", e);
    }
  }

  /** The header at the start of a mail, with the empty line; all of it where there is none. */
  static byte[] headerOf(byte[] start) {
    for (int i = 1; i < start.length; i++) {
      boolean ends =
          start[i] == '\n'
              && (start[i - 1] == '\n' || i > 1 && start[i - 1] == '\r' && start[i - 2] == '\n');
      if (ends) {
        return Arrays.copyOf(start, i + 1);
      }
    }
    return start;
  }

  /** Adds the next piece, until it is first opened. */
  void append(byte[] piece, int length) {
    try {
      if (memory != null && size + length > IN_MEMORY) {
        file = Files.createTempFile("byo-mail-", ".eml");
        toFile = new BufferedOutputStream(Files.newOutputStream(file));
        memory.writeTo(toFile);
        memory = null;
      }
      OutputStream target = memory == null ? toFile : memory;
      if (target == null) {
        throw new IllegalStateException("a mail that was closed cannot grow");
      }
      target.write(piece, 0, length);
      size += length;
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("a mail cannot be kept in the temporary folder", e);
    }
  }

  /** Bytes. */
  public long size() {
    return size;
  }

  /** Reads it from the start; may be called again. The caller closes the stream. */
  public InputStream open() {
    try {
      if (toFile != null) {
        toFile.flush();
      }
      if (file != null) {
        return new BufferedInputStream(Files.newInputStream(file));
      }
      if (memory == null) {
        throw new IllegalStateException("the mail was closed with its exchange");
      }
      return new ByteArrayInputStream(memory.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("a mail cannot be read from the temporary folder", e);
    }
  }

  @Override
  public void close() {
    memory = null;
    try {
      if (toFile != null) {
        toFile.close();
        toFile = null;
      }
      if (file != null) {
        Files.deleteIfExists(file);
        file = null;
      }
    } catch (IOException e) {
      log.warn("The temporary file {} was not deleted", file, e);
    }
  }
}
