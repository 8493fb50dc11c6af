package org.byoemail.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;

/**
 * A folder for what a sink writes down, in memory where there is enough of it: smtp-sink makes and
 * removes a file a mail, which on ext4 costs more than taking the mail. Removed when it is closed.
 */
record Scratch(Path dir) implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long ENOUGH = 2L << 30;

  /** A new one, in memory or below a folder on disk. */
  static Scratch below(Path disk) throws IOException {
    boolean enough =
        Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > ENOUGH;
    return new Scratch(Files.createTempDirectory(enough ? MEMORY : disk, "byo-bench"));
  }

  @Override
  public void close() throws IOException {
    FileSystemUtils.deleteRecursively(dir);
  }
}
