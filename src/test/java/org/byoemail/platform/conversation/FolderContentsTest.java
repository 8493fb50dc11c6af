package org.byoemail.platform.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.byoemail.support.Command;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderContentsTest extends ContentStoreContract {
  private final List<String> kept = new ArrayList<>();
  @TempDir private Path dir;
  private FolderContents store;

  @BeforeEach
  void make() {
    store = new FolderContents(dir.resolve("contents"), kept::add);
  }

  @Override
  ContentStore store() {
    return store;
  }

  @Override
  List<String> kept() {
    return kept;
  }

  @Test
  void filesAndFoldersAreClosedToOtherUsers() throws IOException {
    store.store(stream("secret"));

    try (Stream<Path> all = Files.walk(dir.resolve("contents"))) {
      for (Path one : all.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
            .as(one.toString())
            .isEqualTo(Files.isDirectory(one) ? "rwx------" : "rw-------");
      }
    }
  }

  /** On a small file system, which only root can mount. */
  @Test
  void fullDiskStoresNothingAndLeavesNothingBehind() throws IOException {
    Path disk = Files.createDirectory(dir.resolve("disk"));
    try {
      Command.run(List.of("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()));
    } catch (IllegalStateException notPermitted) {
      Assumptions.abort(notPermitted.getMessage());
    }
    try {
      FolderContents small = new FolderContents(disk, kept::add);

      assertThatThrownBy(() -> small.store(new ByteArrayInputStream(new byte[2 << 20])))
          .isInstanceOf(UncheckedIOException.class)
          .hasRootCauseMessage("No space left on device");

      try (Stream<Path> all = Files.walk(disk)) {
        assertThat(all.filter(Files::isRegularFile)).isEmpty();
      }
      assertThat(small.store(new ByteArrayInputStream(new byte[1 << 19])).size())
          .isEqualTo(1 << 19);
    } finally {
      Command.run(List.of("umount", "-l", disk.toString()));
    }
  }

  @Test
  void noteIsReplacedAndIsNoContent() {
    store.writeNote("database-1", "5 7");
    store.writeNote("database-1", "6 8");

    assertThat(store.note("database-1")).contains("6 8");
    assertThat(store.note("database-2")).isEmpty();
    assertThat(store.list("", 100).sha256s()).isEmpty();
    assertThatThrownBy(() -> store.writeNote("../database", "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void folderOfAnEarlierVersionIsClosedToOtherUsers() throws IOException {
    Path old = Files.createDirectory(dir.resolve("old"));
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));

    new FolderContents(old, name -> {}).store(stream("secret"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(old)))
        .isEqualTo("rwx------");
  }

  @Test
  void leftoversOfStoringAreRemovedAndFreshOnesStay() throws IOException {
    store.store(stream("any"));
    Path incoming = dir.resolve("contents/incoming");
    Path left = Files.writeString(incoming.resolve("left"), "half a content");
    Path fresh = Files.writeString(incoming.resolve("fresh"), "half a content");
    Files.setLastModifiedTime(left, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));

    int removed = store.removeLeftovers(Instant.parse("2020-01-02T00:00:00Z"), 10);

    assertThat(removed).isEqualTo(1);
    assertThat(left).doesNotExist();
    assertThat(fresh).exists();
  }

  @Test
  void contentWhoseRemovalWasBrokenOffIsPutBack() throws IOException {
    String sha256 = store.store(stream("put back")).sha256();
    Path place =
        dir.resolve("contents")
            .resolve(sha256.substring(0, 2))
            .resolve(sha256.substring(2, 4))
            .resolve(sha256);
    Files.move(place, dir.resolve("contents/incoming").resolve(sha256 + ".1"));

    store.removeLeftovers(Instant.EPOCH, 10);

    assertThat(store.storedAt(sha256)).isPresent();
  }

  @Test
  void contentThatBreaksOffLeavesNothingBehind() throws IOException {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("as the test wants");
          }
        };

    assertThatThrownBy(() -> store.store(broken)).isInstanceOf(UncheckedIOException.class);

    try (Stream<Path> files = Files.walk(dir)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }
}
