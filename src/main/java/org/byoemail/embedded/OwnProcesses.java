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
 * them. A process that has reused the pid of a dead one runs another program and is left alone.
 */
final class OwnProcesses {
  private static final Logger log = LoggerFactory.getLogger(OwnProcesses.class);
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

  /** The pid file of the server of this name. */
  Path pidFile(String name) {
    return run.resolve(name + ".pid");
  }

  /** Stops the processes that an earlier run left behind and waits for their end. */
  void stopOrphans(Duration timeout) {
    // A run that is killed before a server has written its pid file leaves one that only a search
    // finds.
    List<ProcessHandle> orphans =
        Stream.concat(
                pidFiles.stream().flatMap(f -> read(f).stream()), ProcessHandle.allProcesses())
            .distinct()
            .filter(this::isOurs)
            .filter(process -> process.parent().filter(this::isOurs).isEmpty())
            .toList();
    orphans.forEach(
        process -> {
          log.warn("Stopping {}, left behind by a run that was killed", describe(process));
          stop(process, timeout);
        });
    if (!BoundedWait.until(timeout, () -> running("").findAny().isEmpty())) {
      throw new EmbeddedPartFailed(
          "A server of an earlier run does not stop: " + running("").map(this::describe).toList(),
          "End it, then start again.");
    }
    pidFiles.stream().filter(file -> read(file).isEmpty()).forEach(OwnProcesses::delete);
  }

  /** The running processes of programs whose file name starts with a prefix. */
  Stream<ProcessHandle> running(String program) {
    return ProcessHandle.allProcesses()
        .filter(this::isOurs)
        .filter(
            process -> program(process).orElseThrow().getFileName().toString().startsWith(program));
  }

  /** The running process that a pid file names. */
  Optional<ProcessHandle> named(Path pidFile) {
    return read(pidFile).filter(this::isOurs);
  }

  /** Asks a server to stop, and kills it after the timeout. */
  void stop(ProcessHandle process, Duration timeout) {
    BooleanSupplier gone = () -> !isOurs(process);
    boolean postgres = isPostgres(process);
    // SIGINT is PostgreSQL's fast shutdown; its SIGTERM would wait for every client.
    ProcessSignals.send(postgres ? "INT" : "TERM", process);
    if (BoundedWait.until(timeout, gone)) {
      return;
    }
    log.warn("Killing {}: it has not stopped within {}", describe(process), timeout);
    ProcessSignals.send(postgres ? "QUIT" : "KILL", process);
    if (!BoundedWait.until(LAST_WORDS, gone)) {
      ProcessSignals.send("KILL", process);
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
      log.warn("{} contains no pid", pidFile);
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
