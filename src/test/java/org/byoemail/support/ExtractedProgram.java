package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * The jar taken apart with {@code deploy/extract.sh}, once for all JVMs that test it. A start from
 * there takes half of the processor time of one from the jar.
 */
final class ExtractedProgram {
  private static final Path FOLDER = Path.of("target", "extracted").toAbsolutePath();

  /** Which jar and which JVM the folder is of. */
  private static final Path ORIGIN = FOLDER.resolveSibling("extracted.origin");

  /** PostgreSQL as the first gateway unpacked it, which takes three seconds of a processor. */
  private static final Path SERVERS = FOLDER.resolveSibling("extracted.servers");

  private static final Path LOCK = FOLDER.resolveSibling("extracted.lock");

  private ExtractedProgram() {}

  /** Where its folder is, made already or not. */
  static Path path() {
    return FOLDER;
  }

  /** Its folder; made by the first that asks, and again after the jar has changed. */
  static synchronized Path folder() {
    try (FileChannel file =
            FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      String origin = origin();
      if (!Files.exists(ORIGIN) || !Files.readString(ORIGIN).equals(origin)) {
        Files.deleteIfExists(ORIGIN);
        deleteFiles();
        GatewayProcess.extract(FOLDER);
        Files.writeString(ORIGIN, origin);
      }
      return FOLDER;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Gives a gateway that has not run yet the programs that another has unpacked. Those of another
   * version it replaces itself.
   *
   * @param bin the folder of its data where it would unpack them
   */
  static void lendServers(Path bin) throws IOException {
    if (Files.isDirectory(SERVERS) && !Files.exists(bin)) {
      Files.createDirectories(bin.getParent());
      copy(SERVERS, bin);
    }
  }

  /** Keeps what a gateway has unpacked, unless it was kept already. */
  static void keepServers(Path bin) throws IOException {
    if (Files.exists(SERVERS) || !holdsPostgres(bin)) {
      return;
    }
    Path part = Files.createTempDirectory(FOLDER.getParent(), "extracted.servers");
    try {
      copy(bin, part.resolve("bin"));
      Files.move(part.resolve("bin"), SERVERS, StandardCopyOption.ATOMIC_MOVE);
    } catch (DirectoryNotEmptyException e) {
      // Another JVM was faster.
    } finally {
      FileSystemUtils.deleteRecursively(part);
    }
  }

  private static boolean holdsPostgres(Path bin) throws IOException {
    if (!Files.isDirectory(bin)) {
      return false;
    }
    try (Stream<Path> files = Files.list(bin)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("postgres-"));
    }
  }

  /** With owners, rights and symbolic links. */
  private static void copy(Path from, Path to) {
    Command.run(List.of("cp", "-a", from.toString(), to.toString()));
  }

  private static String origin() throws IOException {
    Path jar = ProgramUnderTest.jar();
    return String.join(
        " ",
        jar.toString(),
        Files.getLastModifiedTime(jar).toString(),
        String.valueOf(Files.size(jar)),
        Runtime.version().toString());
  }

  private static void deleteFiles() throws IOException {
    if (Files.isDirectory(FOLDER)) {
      try (Stream<Path> files = Files.walk(FOLDER)) {
        for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
          Files.delete(file);
        }
      }
      Files.deleteIfExists(FOLDER.resolve("lib"));
    }
  }
}
