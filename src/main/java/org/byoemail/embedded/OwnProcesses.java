package org.byoemail.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes that run a program of the data folder. They outlive a killed JVM; the next start stops
 * them. A foreign process that has got the number of a dead one runs another program and is left
 * alone.
 */
final class OwnProcesses {
  private static final Logger LOG = LoggerFactory.getLogger(OwnProcesses.class);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final Path programs;
  private final Path run;
  private final List<Path> pidFiles;

  OwnProcesses(DataFolder data) {
    this.programs = data.folder("bin");
    this.run = data.folder("run");
    this.pidFiles =
        List.of(
            run.resolve("postgres.pid"),
            run.resolve("redis.pid"),
            data.root().resolve("postgres").resolve("postmaster.pid"));
  }

  /** Where the server of this name has its process number. */
  Path pidFile(String name) {
    return run.resolve(name + ".pid");
  }

  /** Stops what an earlier run left behind and returns when it is gone. */
  void stopOrphans(Duration timeout) {
    // Killed between a server's birth and its pid file, a run leaves one that only a search finds.
    List<ProcessHandle> orphans =
        Stream.concat(
                pidFiles.stream().flatMap(f -> read(f).stream()), ProcessHandle.allProcesses())
            .distinct()
            .filter(this::isOurs)
            .filter(process -> process.parent().filter(this::isOurs).isEmpty())
            .toList();
    orphans.forEach(
        process -> {
          LOG.warn("Stopping {}, left behind by a run that was killed", describe(process));
          stop(process, timeout);
        });
    if (!BoundedWait.until(timeout, () -> running("").findAny().isEmpty())) {
      throw new CannotStart(
          "A server of an earlier run does not stop: " + running("").map(this::describe).toList(),
          "End it, then start again.");
    }
    pidFiles.stream().filter(file -> read(file).isEmpty()).forEach(OwnProcesses::delete);
  }

  /** The living processes of programs whose file name starts so. */
  Stream<ProcessHandle> running(String program) {
    return ProcessHandle.allProcesses()
        .filter(this::isOurs)
        .filter(
            process -> program(process).orElseThrow().getFileName().toString().startsWith(program));
  }

  /** The living process of ours that a pid file names. */
  Optional<ProcessHandle> named(Path pidFile) {
    return read(pidFile).filter(this::isOurs);
  }

  /** Asks a server to end, and makes it end where it does not within this time. */
  void stop(ProcessHandle process, Duration timeout) {
    BooleanSupplier gone = () -> !isOurs(process);
    boolean postgres = isPostgres(process);
    // SIGINT is PostgreSQL's fast shutdown; its SIGTERM would wait for every client.
    Signals.send(postgres ? "INT" : "TERM", process);
    if (BoundedWait.until(timeout, gone)) {
      return;
    }
    LOG.warn("{} does not stop within {}: it is killed", describe(process), timeout);
    Signals.send(postgres ? "QUIT" : "KILL", process);
    if (!BoundedWait.until(LAST_WORDS, gone)) {
      Signals.send("KILL", process);
      BoundedWait.until(LAST_WORDS, gone);
    }
  }

  private boolean isPostgres(ProcessHandle process) {
    return program(process)
        .filter(p -> p.getFileName().toString().startsWith("postgres"))
        .isPresent();
  }

  // A zombie has no program, and so is not running.
  private boolean isOurs(ProcessHandle process) {
    return process.isAlive() && program(process).filter(p -> p.startsWith(programs)).isPresent();
  }

  private static Optional<Path> program(ProcessHandle process) {
    return process.info().command().map(Path::of);
  }

  private String describe(ProcessHandle process) {
    return program(process).map(p -> p.getFileName().toString()).orElse("process")
        + " (process "
        + process.pid()
        + ")";
  }

  private static Optional<ProcessHandle> read(Path pidFile) {
    try (Stream<String> lines = Files.lines(pidFile)) {
      return lines.findFirst().map(String::strip).map(Long::valueOf).flatMap(ProcessHandle::of);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (NumberFormatException e) {
      LOG.warn("{} names no process", pidFile);
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + pidFile, e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + file, e);
    }
  }
}
