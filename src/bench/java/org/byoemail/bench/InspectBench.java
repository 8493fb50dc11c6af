package org.byoemail.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.byoemail.support.LargeMail;
import org.byoemail.support.ProgramUnderTest;

/**
 * Has the command {@code inspect} read real mails again and again on one core, in a process whose
 * heap is 50 MB above the largest mail. The mails are those of the folder {@code mails=DIR}, of
 * {@code ../shared/corpus}, or else the project's own samples; a mail of 25 MB is read along. They
 * are held against Python's email package, which reads the same ones. With {@code passes=N} they
 * are read N times to warm up and N times to measure: until about the 140th pass the JVM compiles.
 */
final class InspectBench implements Bench {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Path CORPUS = Path.of("../shared/corpus/mail/samples");
  private static final Path OWN = Path.of("src/test/resources/bounce");
  private static final int MAX_SIZE = 25 << 20;
  private static final int HEAP_MB = 50 + (MAX_SIZE >> 20);
  private static final int STARTS = 5;
  private static final double PYTHON_LINE = 2;
  private static final double START_LINE = 8;

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    Path mails = Path.of(options.text("mails", (Files.exists(CORPUS) ? CORPUS : OWN).toString()));
    Path large = Files.write(dir.resolve("large.eml"), LargeMail.of(MAX_SIZE));
    int rounds = options.number("passes", 150);
    int count = count(mails);
    // The first rounds warm it up: what they take is taken off.
    double warmUp = inspect(dir, large, mails, rounds);
    double rate = rounds * count / (inspect(dir, large, mails, 2 * rounds) - warmUp);
    report.figure("mails", String.valueOf(count));
    report.figure("heap_above_largest_mail_mb", HEAP_MB - (MAX_SIZE >> 20));
    report.figure("mails_per_s", rate);
    double start = medianSeconds(dir, inspectOneMail(dir));
    report.figure("start_s", start);
    if (options.references()) {
      double python = python(mails);
      report.figure("python_mails_per_s", python);
      report.atLeast("mails_of_python", rate / python, PYTHON_LINE);
      double other = medianSeconds(dir, pythonWithOneMail(dir));
      report.figure("python_start_s", other);
      report.atMost("start_of_python", start / other, START_LINE);
    }
  }

  private static int count(Path mails) throws IOException {
    try (Stream<Path> files = Files.walk(mails)) {
      return (int) files.filter(file -> file.toString().endsWith(".eml")).count();
    }
  }

  /** Reads the large mail, and the others so many times; the seconds it takes. */
  private static double inspect(Path dir, Path large, Path mails, int rounds) throws Exception {
    List<String> command = new ArrayList<>(onOneCore());
    command.addAll(
        List.of(
            JAVA.toString(),
            "-XX:ActiveProcessorCount=1",
            "-Xmx" + HEAP_MB + "m",
            "-jar",
            ProgramUnderTest.jar().toString(),
            "inspect",
            large.toString()));
    command.addAll(Collections.nCopies(rounds, mails.toString()));
    return seconds(dir, command, 10);
  }

  private static List<String> inspectOneMail(Path dir) throws IOException {
    Path mail = Files.writeString(dir.resolve("small.eml"), "From: a@example.net\n\nHello\n");
    return List.of(
        JAVA.toString(), "-jar", ProgramUnderTest.jar().toString(), "inspect", mail.toString());
  }

  private static List<String> pythonWithOneMail(Path dir) throws IOException {
    Path folder = Files.createDirectories(dir.resolve("one"));
    Files.copy(dir.resolve("small.eml"), folder.resolve("small.eml"));
    return List.of("python3", "bench/email_parse.py", folder.toString(), "1");
  }

  private static double medianSeconds(Path dir, List<String> command) throws Exception {
    double[] seconds = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      seconds[i] = seconds(dir, command, 1);
    }
    Arrays.sort(seconds);
    return seconds[STARTS / 2];
  }

  /** Seconds of processor time, compiling and collecting garbage included. */
  private static double seconds(Path dir, List<String> command, int minutes) throws Exception {
    Path said = dir.resolve("said");
    List<String> timed =
        new ArrayList<>(
            List.of("bash", "-c", "TIMEFORMAT='%U %S'; time \"$@\" >/dev/null", "timed"));
    timed.addAll(command);
    Process process = new ProcessBuilder(timed).redirectError(said.toFile()).start();
    if (!process.waitFor(minutes, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(command + ": " + Files.readString(said));
    }
    List<String> lines = Files.readAllLines(said);
    return Arrays.stream(lines.get(lines.size() - 1).split(" "))
        .mapToDouble(Double::parseDouble)
        .sum();
  }

  private static double python(Path mails) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(onOneCore());
    command.addAll(List.of("python3", "bench/email_parse.py", mails.toString(), "3"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String answer =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("email_parse.py failed");
    }
    return Double.parseDouble(answer);
  }

  private static List<String> onOneCore() {
    return Files.isExecutable(Path.of("/usr/bin/taskset"))
        ? List.of("/usr/bin/taskset", "-c", "0")
        : List.of();
  }
}
