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
 * The bytes of a mail while it is processed: in memory up to 1 MB, beyond that in a temporary file,
 * which {@link #close} deletes.
 */
public final class RawMail implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RawMail.class);
  private static final int MAX_IN_MEMORY_BYTES = 1 << 20;
  private static final int CHUNK_BYTES = 1 << 16;

  private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream(8192);
  private @Nullable Path file;
  private @Nullable OutputStream fileOut;
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
   * @throws UncheckedIOException if it cannot be read
   */
  public static RawMail of(InputStream in) {
    RawMail mail = new RawMail();
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        mail.append(chunk, read);
      }
      return mail;
    } catch (IOException e) {
      mail.close();
      throw new UncheckedIOException("a mail cannot be read", e);
    }
  }

  /** The header, up to the first empty line; at most 1 MB. */
  byte[] header() {
    try (InputStream in = open()) {
      return headerOf(in.readNBytes(MAX_IN_MEMORY_BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException("a mail cannot be read from its temporary file", e);
    }
  }

  /**
   * The header at the start of a mail, with the empty line; everything if there is no such line.
   */
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

  /** Appends a chunk. Not to be called after {@link #open}. */
  void append(byte[] chunk, int length) {
    try {
      if (memory != null && size + length > MAX_IN_MEMORY_BYTES) {
        file = Files.createTempFile("byo-mail-", ".eml");
        fileOut = new BufferedOutputStream(Files.newOutputStream(file));
        memory.writeTo(fileOut);
        memory = null;
      }
      OutputStream target = memory == null ? fileOut : memory;
      if (target == null) {
        throw new IllegalStateException("the mail is closed");
      }
      target.write(chunk, 0, length);
      size += length;
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("a mail cannot be written to a temporary file", e);
    }
  }

  /** Size in bytes. */
  public long size() {
    return size;
  }

  /** Reads it from the start; may be called again. The caller closes the stream. */
  public InputStream open() {
    try {
      if (fileOut != null) {
        fileOut.flush();
      }
      if (file != null) {
        return new BufferedInputStream(Files.newInputStream(file));
      }
      if (memory == null) {
        throw new IllegalStateException("the mail was closed with its exchange");
      }
      return new ByteArrayInputStream(memory.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("a mail cannot be read from its temporary file", e);
    }
  }

  @Override
  public void close() {
    memory = null;
    try {
      if (fileOut != null) {
        fileOut.close();
        fileOut = null;
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
