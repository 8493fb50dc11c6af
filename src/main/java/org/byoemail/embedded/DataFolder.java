package org.byoemail.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all data of the embedded parts ({@code byo.data-dir}). It belongs to one
 * process at a time, from {@link #lock()} to {@link #close()}, or until that process dies.
 */
final class DataFolder implements AutoCloseable {
  /** The version of the layout of the folder. */
  static final String LAYOUT = "1";

  private static final String SETTING = "byo.data-dir (BYO_DATA_DIR)";

  // A second channel on a lock file, once closed, would release the lock of the first (POSIX).
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path root;
  private @Nullable FileChannel lock;

  private DataFolder(Path root) {
    this.root = root;
  }

  /**
   * Creates the folder if it is missing and checks that it is usable.
   *
   * @throws EmbeddedPartFailed if it cannot be read or written, or has the layout of another
   *     version
   */
  static DataFolder at(Path path) {
    try {
      Files.createDirectories(path);
      Path root = path.toRealPath();
      requireAccess(root);
      requireLayout(root);
      return new DataFolder(root);
    } catch (FileAlreadyExistsException e) {
      throw unusable(path, "is not a folder", e);
    } catch (AccessDeniedException e) {
      throw unusable(path, "may not be read and written by this user", e);
    } catch (IOException e) {
      throw unusable(path, "cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Locks the folder for this process.
   *
   * @throws EmbeddedPartFailed if another process, or another context of this one, holds the lock
   */
  DataFolder lock() {
    if (!HELD_HERE.add(root)) {
      throw taken("another part of this process");
    }
    try {
      FileChannel channel =
          FileChannel.open(
              root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw taken("another process");
      }
      this.lock = channel;
      return this;
    } catch (IOException e) {
      throw unusable(root, "cannot be locked: " + e.getMessage(), e);
    } finally {
      if (lock == null) {
        HELD_HERE.remove(root);
      }
    }
  }

  Path root() {
    return root;
  }

  /** A subfolder, created if missing, closed to other users. */
  Path folder(String name) {
    try {
      return PrivateFiles.folder(root.resolve(name));
    } catch (IOException e) {
      throw unusable(root.resolve(name), "cannot be used: " + e.getMessage(), e);
    }
  }

  LocalSecrets secrets() {
    return new LocalSecrets(folder("secrets"));
  }

  @Override
  public void close() {
    if (lock == null) {
      return;
    }
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unlock " + root, e);
    } finally {
      HELD_HERE.remove(root);
      lock = null;
    }
  }

  private EmbeddedPartFailed taken(String by) {
    return new EmbeddedPartFailed(
        "The data folder " + root + " is used by " + by + ".",
        "Stop it, or choose another folder: " + SETTING + ".");
  }

  private static void requireAccess(Path root) throws IOException {
    if (!Files.isReadable(root) || !Files.isWritable(root) || !Files.isExecutable(root)) {
      throw new AccessDeniedException(root.toString());
    }
    // On a read-only file system the permission bits alone do not tell.
    Files.delete(Files.createTempFile(root, ".probe", null));
  }

  private static void requireLayout(Path root) throws IOException {
    Path version = root.resolve("VERSION");
    String found;
    try {
      found = Files.readString(version).strip();
    } catch (NoSuchFileException e) {
      PrivateFiles.write(version, LAYOUT + "\n");
      return;
    }
    if (!found.equals(LAYOUT)) {
      throw new EmbeddedPartFailed(
          "The data folder "
              + root
              + " has layout "
              + found
              + "; this version reads "
              + LAYOUT
              + ".",
          "Start the version that wrote it, or choose another folder: " + SETTING + ".");
    }
  }

  private static EmbeddedPartFailed unusable(Path path, String why, IOException cause) {
    return new EmbeddedPartFailed(
        "The data folder " + path + " " + why + ".",
        "Make it usable for this user, or choose another one: " + SETTING + ".",
        cause);
  }
}
