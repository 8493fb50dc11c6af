package org.byoemail.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The log file of an embedded server. */
final class ServerLog {
  private static final long LARGE = 10_000_000;
  private static final List<String> COMPLAINTS =
      List.of("FATAL", "PANIC", "ERROR", "error", "Error", "Could not", "Can't", "cannot");

  private final Path file;

  ServerLog(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /** Rotates a large file; one older file is kept. */
  void rotate() throws IOException {
    if (Files.exists(file) && Files.size(file) > LARGE) {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** The last line that looks like the reason of a failure. */
  String lastError() {
    try {
      // Servers write bytes of any encoding.
      List<String> lines = Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
      return lines.stream()
          .filter(line -> COMPLAINTS.stream().anyMatch(line::contains))
          .reduce((first, second) -> second)
          .orElse(lines.isEmpty() ? "it says nothing" : lines.get(lines.size() - 1));
    } catch (IOException e) {
      return "it left no log (" + e.getMessage() + ")";
    }
  }
}
