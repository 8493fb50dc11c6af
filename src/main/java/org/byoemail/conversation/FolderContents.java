package org.byoemail.conversation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.byoemail.mail.Ids;

/**
 * Contents as files in a folder. Several nodes share it over a file system that has atomic renames
 * and keeps what was synced.
 */
final class FolderContents implements ContentStore {
  private final Path dir;

  FolderContents(Path dir) {
    this.dir = dir.toAbsolutePath().normalize();
  }

  @Override
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

  @Override
  public InputStream open(Piece piece) {
    try {
      InputStream content = Files.newInputStream(place(piece.sha256()));
      if (piece.isWhole()) {
        return content;
      }
      content.skipNBytes(piece.offset());
      return new Stretch(content, piece.length());
    } catch (IOException e) {
      throw new UncheckedIOException("content " + piece.sha256() + " is missing below " + dir, e);
    }
  }

  @Override
  public boolean remove(String sha256, Instant unusedSince) {
    Path place = place(sha256);
    try {
      // Out of the way first: whoever stores it from now on stores it anew.
      Path aside = Files.createDirectories(dir.resolve("incoming")).resolve(Ids.next().toString());
      Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
      if (Files.getLastModifiedTime(aside).toInstant().isBefore(unusedSince)) {
        Files.delete(aside);
        return true;
      }
      Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
      return false;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove content " + sha256 + " below " + dir, e);
    }
  }

  private void keep(Path incoming, Path place) throws IOException {
    // Also where it is there: storing it again makes it fresh, so that it is not removed.
    Path folder = place.getParent();
    boolean fresh = !Files.exists(folder);
    Files.createDirectories(folder);
    Files.move(incoming, place, StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
    if (fresh) {
      sync(folder.getParent());
      sync(dir);
    }
  }

  /** Makes the names in a folder survive a crash. */
  private static void sync(Path folder) throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private Path place(String sha256) {
    String name = ContentStore.requireSha256(sha256);
    return dir.resolve(name.substring(0, 2)).resolve(name.substring(2, 4)).resolve(name);
  }
}
