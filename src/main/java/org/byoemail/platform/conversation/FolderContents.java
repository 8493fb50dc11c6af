package org.byoemail.platform.conversation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.byoemail.format.mail.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contents as files in a folder, closed to other users. Several nodes of the same user share it
 * over a file system that has atomic renames and keeps what was synced.
 */
final class FolderContents implements ContentStore {
  private static final Logger log = LoggerFactory.getLogger(FolderContents.class);
  private static final String INCOMING = "incoming";
  private static final Predicate<String> IS_FOLDER =
      Pattern.compile("[0-9a-f]{2}").asMatchPredicate();
  private static final int NAME_OF_FOLDER = 2;
  private static final int MAX_NOTE = 1000;

  /** Sorts after every hexadecimal digit. */
  private static final String BEHIND_ALL_NAMES = "~";

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  private static final FileAttribute<?>[] NEW_FOLDER =
      POSIX
          ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FOLDER)}
          : new FileAttribute<?>[0];
  private static final FileAttribute<?>[] NEW_FILE =
      POSIX
          ? new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
          }
          : new FileAttribute<?>[0];

  private final Path dir;
  private final Consumer<String> beforeKeeping;
  private volatile boolean closedToOthers;

  /**
   * @param beforeKeeping gets the name of each content that is there already before it is stored
   *     again
   */
  FolderContents(Path dir, Consumer<String> beforeKeeping) {
    this.dir = dir.toAbsolutePath().normalize();
    this.beforeKeeping = beforeKeeping;
  }

  @Override
  public Stored store(InputStream content) {
    try {
      Path incoming = incoming().resolve(Ids.next().toString());
      try {
        DigestInputStream digested =
            new DigestInputStream(content, MessageDigest.getInstance("SHA-256"));
        long size;
        try (FileChannel file =
            FileChannel.open(
                incoming,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                NEW_FILE)) {
          size = digested.transferTo(Channels.newOutputStream(file));
          file.force(true);
        }
        String sha256 = HexFormat.of().formatHex(digested.getMessageDigest().digest());
        Path place = place(sha256);
        if (Files.exists(place)) {
          beforeKeeping.accept(sha256);
        }
        keep(incoming, place);
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
      return new BoundedInputStream(content, piece.length());
    } catch (IOException e) {
      throw new UncheckedIOException("content " + piece.sha256() + " is missing below " + dir, e);
    }
  }

  @Override
  public boolean remove(String sha256, Instant unusedSince) {
    Path place = place(sha256);
    try {
      // Moved away first: a concurrent store then writes it again.
      Path aside = incoming().resolve(sha256 + "." + Ids.next());
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

  @Override
  public Step list(String after, int most) {
    List<String> found = new ArrayList<>();
    int looked = 0;
    for (String outer : names(dir, IS_FOLDER)) {
      if (outer.compareTo(start(after, 0)) < 0) {
        continue;
      }
      for (String inner : names(dir.resolve(outer), IS_FOLDER)) {
        if (outer.equals(start(after, 0)) && inner.compareTo(start(after, 1)) < 0) {
          continue;
        }
        names(dir.resolve(outer).resolve(inner), ContentStore::isSha256).stream()
            .filter(name -> name.compareTo(after) > 0)
            .forEach(found::add);
        looked++;
        // A folder without contents costs as much as one with some.
        if (found.size() >= most || looked >= most) {
          return new Step(found, outer + inner + BEHIND_ALL_NAMES);
        }
      }
    }
    return new Step(found, "");
  }

  /** The name of the outer or inner folder that a position is in. */
  private static String start(String after, int level) {
    int from = Math.min(after.length(), level * NAME_OF_FOLDER);
    return after.substring(from, Math.min(after.length(), from + NAME_OF_FOLDER));
  }

  /** In order. */
  private static List<String> names(Path folder, Predicate<String> wanted) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      List<String> names = new ArrayList<>();
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (wanted.test(name)) {
          names.add(name);
        }
      }
      Collections.sort(names);
      return names;
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look through " + folder, e);
    }
  }

  @Override
  public Optional<Instant> storedAt(String sha256) {
    try {
      return Optional.of(Files.getLastModifiedTime(place(sha256)).toInstant());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at content " + sha256 + " below " + dir, e);
    }
  }

  /** Also restores what was being removed: whether it is referenced is checked again later. */
  @Override
  public int removeLeftovers(Instant before, int most) {
    Path incoming = dir.resolve(INCOMING);
    if (!Files.isDirectory(incoming)) {
      return 0;
    }
    try (DirectoryStream<Path> aside = Files.newDirectoryStream(incoming, "*.*")) {
      for (Path file : aside) {
        String name = file.getFileName().toString();
        String sha256 = name.substring(0, name.indexOf('.'));
        if (ContentStore.isSha256(sha256) && !Files.exists(place(sha256))) {
          Files.createDirectories(place(sha256).getParent(), NEW_FOLDER);
          Files.move(file, place(sha256), StandardCopyOption.ATOMIC_MOVE);
        }
      }
    } catch (NoSuchFileException e) {
      log.debug("{} was removed meanwhile", e.getFile());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look through " + incoming, e);
    }
    return TemporaryFiles.remove(incoming, "*", before, most);
  }

  @Override
  public Optional<String> note(String name) {
    Path place = dir.resolve(ContentStore.requireNoteName(name));
    try (InputStream note = Files.newInputStream(place)) {
      return Optional.of(new String(note.readNBytes(MAX_NOTE), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + place, e);
    }
  }

  @Override
  public void writeNote(String name, String text) {
    Path place = dir.resolve(ContentStore.requireNoteName(name));
    try {
      Path written = incoming().resolve(Ids.next().toString());
      try {
        try (FileChannel file =
            FileChannel.open(
                written,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                NEW_FILE)) {
          Channels.newOutputStream(file).write(text.getBytes(StandardCharsets.UTF_8));
          file.force(true);
        }
        Files.move(written, place, StandardCopyOption.ATOMIC_MOVE);
        sync(dir);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + place, e);
    }
  }

  private Path incoming() throws IOException {
    if (!closedToOthers) {
      Files.createDirectories(dir, NEW_FOLDER);
      closeToOthers();
      closedToOthers = true;
    }
    return Files.createDirectories(dir.resolve(INCOMING), NEW_FOLDER);
  }

  /** A folder of an earlier version was open to them. */
  private void closeToOthers() throws IOException {
    if (!POSIX || Files.getPosixFilePermissions(dir).equals(FOLDER)) {
      return;
    }
    try {
      Files.setPosixFilePermissions(dir, FOLDER);
    } catch (IOException e) {
      log.warn("the content folder {} cannot be closed to other users: {}", dir, e.getMessage());
    }
  }

  private void keep(Path incoming, Path place) throws IOException {
    // Also where it is there: storing it again makes it fresh, so that it is not removed.
    Path folder = place.getParent();
    boolean fresh = !Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
    Files.createDirectories(folder, NEW_FOLDER);
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
