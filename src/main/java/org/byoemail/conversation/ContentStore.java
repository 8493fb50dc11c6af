package org.byoemail.conversation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.byoemail.mail.Ids;
import org.springframework.stereotype.Component;

/**
 * Keeps bytes under their SHA-256 in a folder: the same content is kept once, and what was stored
 * never changes. Safe for use by many threads and nodes.
 */
@Component
public class ContentStore {
  private final Path dir;

  ContentStore(ContentSettings settings) {
    this.dir = settings.dir().toAbsolutePath().normalize();
  }

  /** What was stored. */
  public record Stored(String sha256, long size) {}

  /**
   * Stores all of a stream, which stays open. When this returns, the content survives a crash.
   *
   * @throws UncheckedIOException where it cannot be written; nothing was stored then
   */
  public Stored store(InputStream content) {
    try {
      Path incoming =
          Files.createDirectories(dir.resolve("incoming")).resolve(Ids.next().toString());
      try {
        DigestInputStream digested =
            new DigestInputStream(content, MessageDigest.getInstance("SHA-256"));
        long size;
        try (FileChannel file =
            FileChannel.open(incoming, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
          size = digested.transferTo(Channels.newOutputStream(file));
          file.force(true);
        }
        String sha256 = HexFormat.of().formatHex(digested.getMessageDigest().digest());
        keep(incoming, place(sha256));
        return new Stored(sha256, size);
      } finally {
        Files.deleteIfExists(incoming);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot store content below " + dir, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Opens stored content; the caller closes it.
   *
   * @throws UncheckedIOException where it is not there
   */
  public InputStream open(String sha256) {
    try {
      return Files.newInputStream(place(sha256));
    } catch (IOException e) {
      throw new UncheckedIOException("content " + sha256 + " is missing below " + dir, e);
    }
  }

  private static void keep(Path incoming, Path place) throws IOException {
    if (Files.exists(place)) {
      return;
    }
    Path folder = Files.createDirectories(place.getParent());
    Files.move(incoming, place, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private Path place(String sha256) {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a SHA-256: " + sha256);
    }
    return dir.resolve(sha256.substring(0, 2)).resolve(sha256.substring(2, 4)).resolve(sha256);
  }
}
