package org.byoemail.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/** The ports of the demo provider stay the same over restarts, since accounts name them. */
final class DemoPorts {
  // Below the ports that systems give to clients, and not where tests of mail programs listen.
  private static final int FIRST = 20_000;
  private static final int COUNT = 10_000;
  private static final int TRIES = 100;

  private final Path folder;
  private final String host;

  DemoPorts(Path folder, String host) {
    this.folder = folder;
    this.host = host;
  }

  /**
   * The port that is set, else the one of the last start, else a free one.
   *
   * @param name of the file that keeps it
   * @throws EmbeddedPartFailed if another program listens there
   */
  int choose(String name, int configured, String setting) {
    Path file = folder.resolve(name);
    try {
      int port = configured != 0 ? configured : kept(file).orElseGet(this::free);
      Ports.requireFree(host, port, setting);
      PrivateFiles.write(file, port + "\n");
      return port;
    } catch (IOException e) {
      throw new EmbeddedPartFailed(
          "The port in " + file + " cannot be read or kept: " + e.getMessage() + ".",
          "Delete the file, or set " + setting + ".",
          e);
    }
  }

  private static OptionalInt kept(Path file) throws IOException {
    try {
      int port = Integer.parseInt(Files.readString(file).strip());
      Ports.requireValid(port, file.toString());
      return OptionalInt.of(port);
    } catch (NoSuchFileException e) {
      return OptionalInt.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException("it holds no port", e);
    }
  }

  private int free() {
    return ThreadLocalRandom.current()
        .ints(TRIES, FIRST, FIRST + COUNT)
        .filter(port -> Ports.isFree(host, port))
        .findFirst()
        .orElseGet(() -> Ports.toListenOn(host, 0, ""));
  }
}
