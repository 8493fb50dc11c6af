package org.byoemail.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that only their owner may read, written atomically. */
final class PrivateFiles {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  private static final Set<PosixFilePermission> OWNER_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFiles() {}

  /** Creates a folder that is closed to other users, or closes an existing one. */
  static Path folder(Path folder) throws IOException {
    Files.createDirectories(folder);
    if (POSIX && !Files.getPosixFilePermissions(folder).equals(OWNER_FOLDER)) {
      Files.setPosixFilePermissions(folder, OWNER_FOLDER);
    }
    return folder;
  }

  /** Writes a file of mode 0600 and returns when it is on disk under its name. */
  static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  static void write(Path file, byte[] bytes) throws IOException {
    Path part = temporary(file);
    try {
      fill(part, bytes);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(file);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * As {@link #write}, but never replaces a file.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the file exists
   */
  static void writeNew(Path file, String text) throws IOException {
    Path part = temporary(file);
    try {
      fill(part, text.getBytes(StandardCharsets.UTF_8));
      // A move checks for the file before it replaces it: another process may create it in between.
      Files.createLink(file, part);
      syncFolder(file);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  // Files.createTempFile gives mode 0600 on POSIX by itself.
  private static Path temporary(Path file) throws IOException {
    return Files.createTempFile(file.getParent(), ".", ".part", new FileAttribute<?>[0]);
  }

  private static void fill(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  private static void syncFolder(Path file) throws IOException {
    if (POSIX) {
      try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
  }
}
