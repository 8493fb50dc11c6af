package org.byoemail.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How much of the processors some processes have used, by Linux' /proc. */
final class ProcessTimes {
  private static final int TICK_MILLIS = 10;

  private ProcessTimes() {}

  /** Milliseconds of a process and all below it, those that have ended included. */
  static long millis(long pid) {
    long all =
        Stream.concat(
                Stream.of(pid),
                ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::descendants)
                    .map(ProcessHandle::pid))
            .mapToLong(ProcessTimes::own)
            .sum();
    return all * TICK_MILLIS;
  }

  /** Milliseconds that the processors of this machine were busy with anything. */
  static long machineMillis() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      String[] fields = lines.findFirst().orElseThrow().trim().split("\\s+");
      long ticks = 0;
      for (int i = 1; i < fields.length && i <= 7; i++) {
        // Not idle, and not waiting for a disk.
        ticks += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]);
      }
      return ticks * TICK_MILLIS;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // See proc(5): user and system time, and those of children that were waited for.
  private static long own(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      long ticks = 0;
      for (int i = 11; i <= 14; i++) {
        ticks += Long.parseLong(fields[i]);
      }
      return ticks;
    } catch (java.nio.file.NoSuchFileException ended) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
