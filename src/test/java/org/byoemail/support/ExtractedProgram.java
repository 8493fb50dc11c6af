package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * The jar taken apart with {@code deploy/extract.sh}, once for all JVMs that test it. A start from
 * there takes half of the processor time of one from the jar.
 */
final class ExtractedProgram {
  private static final Path FOLDER = Path.of("target", "extracted").toAbsolutePath();

  /** Which jar and which JVM the folder is of. */
  private static final Path ORIGIN = FOLDER.resolveSibling("extracted.origin");

  private static final Path LOCK = FOLDER.resolveSibling("extracted.lock");

  private ExtractedProgram() {}

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
