package org.byoemail.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalInt;

/** The ports of the demo provider stay the same over restarts, since accounts name them. */
final class DemoPorts {
  private static final int TRIES = 200;

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
   * @param first where to look for a free one; below the ports that systems give to clients
   * @throws CannotStart where another program listens there
   */
  int choose(String name, int configured, int first, String setting) {
    Path file = folder.resolve(name);
    try {
      int port = configured != 0 ? configured : kept(file).orElseGet(() -> free(first));
      Ports.requireFree(host, port, setting);
      PrivateFiles.write(file, port + "\n");
      return port;
    } catch (IOException e) {
      throw new CannotStart(
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

  private int free(int first) {
    for (int port = first; port < first + TRIES; port++) {
      if (Ports.isFree(host, port)) {
        return port;
      }
    }
    return Ports.toListenOn(host, 0, "");
  }
}
