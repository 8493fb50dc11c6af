package org.byoemail.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderContentsTest extends ContentStoreContract {
  @TempDir private Path dir;
  private FolderContents store;

  @BeforeEach
  void make() {
    store = new FolderContents(dir);
  }

  @Override
  ContentStore store() {
    return store;
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
