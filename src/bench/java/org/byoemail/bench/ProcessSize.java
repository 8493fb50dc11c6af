package org.byoemail.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How large a process is, by Linux' /proc. */
record ProcessSize(double residentMb, int threads) {

  static ProcessSize of(long pid) {
    try {
      double kb = 0;
      int threads = 0;
      for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))) {
        String[] words = line.split("\\s+");
        if (words[0].equals("VmRSS:")) {
          kb = Double.parseDouble(words[1]);
        } else if (words[0].equals("Threads:")) {
          threads = Integer.parseInt(words[1]);
        }
      }
      return new ProcessSize(kb / 1024, threads);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
