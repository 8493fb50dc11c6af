package org.byoemail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path dir;

  @Test
  void missingFolderIsMadeWithItsLayout() throws Exception {
    DataFolder folder = DataFolder.at(dir.resolve("a/b"));

    assertThat(Files.readString(folder.root().resolve("VERSION"))).isEqualTo("1\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.folder("run"))))
        .isEqualTo("rwx------");
  }

  @Test
  void folderOfAnotherLayoutIsRefused() throws Exception {
    Files.writeString(dir.resolve("VERSION"), "2\n");

    assertThatThrownBy(() -> DataFolder.at(dir))
        .isInstanceOf(EmbeddedPartFailed.class)
        .hasMessageContaining("has layout 2; this version reads 1");
  }

  @Test
  void fileInItsPlaceIsRefused() throws Exception {
    Path file = Files.writeString(dir.resolve("data"), "");

    assertThatThrownBy(() -> DataFolder.at(file))
        .isInstanceOf(EmbeddedPartFailed.class)
        .hasMessage("The data folder " + file + " is not a folder.");
  }

  @Test
  void secondUserIsRefusedUntilTheFirstLetsGo() {
    DataFolder first = DataFolder.at(dir).lock();

    assertThatThrownBy(() -> DataFolder.at(dir).lock())
        .isInstanceOf(EmbeddedPartFailed.class)
        .hasMessageContaining("is used by another part of this process");
    first.close();
    DataFolder.at(dir).lock().close();
  }
}
