package org.byoemail.outbound.composition;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A mail that was composed into a temporary file.
 *
 * @param content its bytes; the file is gone when this is closed
 * @param size in bytes
 */
public record ComposedMail(InputStream content, long size) {

  /** Writes a mail. */
  interface Writing {
    void to(OutputStream out) throws IOException;
  }

  static ComposedMail of(Writing writing) throws IOException {
    Path file = Files.createTempFile("byo-composed-", ".eml");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
        writing.to(out);
      }
      long size = Files.size(file);
      return new ComposedMail(Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE), size);
    } catch (IOException | RuntimeException e) {
      delete(file, e);
      throw e;
    }
  }

  private static void delete(Path file, Exception cause) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
