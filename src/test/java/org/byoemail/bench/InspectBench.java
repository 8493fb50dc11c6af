package org.byoemail.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.report.MailClassifier;
import org.byoemail.support.LargeMail;
import org.byoemail.support.ProgramUnderTest;

/**
 * Parses and classifies real mails again and again on one core, in a process whose heap is 50 MB
 * above the largest mail. The mails are those of the folder {@code mails=DIR}, of {@code
 * ../shared/corpus}, or else the project's own samples; a mail of 25 MB is read along. Then the
 * command itself, from the jar.
 */
public final class InspectBench implements Bench {
  private static final Path CORPUS = Path.of("../shared/corpus/mail/samples");
  private static final Path OWN = Path.of("src/test/resources/bounce");
  private static final int LARGEST = 25 << 20;
  private static final int HEAP_MB = 50 + (LARGEST >> 20);
  private static final int TO_REACH = 1_000;
  private static final double LONGEST_START = 2.0;
  private static final int STARTS = 5;

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    Path mails = Path.of(options.text("mails", (Files.exists(CORPUS) ? CORPUS : OWN).toString()));
    Path large = Files.write(dir.resolve("large.eml"), LargeMail.of(LARGEST));
    List<String> command = new ArrayList<>(onOneCore());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:ActiveProcessorCount=1",
            "-Xmx" + HEAP_MB + "m",
            "-cp",
            classpath(dir),
            InspectBench.class.getName(),
            mails.toString(),
            large.toString(),
            String.valueOf(options.number("rounds", 20))));
    Path out = dir.resolve("out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    if (!process.waitFor(10, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(out);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(
          "with a heap of " + HEAP_MB + " MB it ended by " + String.join("\n", lines));
    }
    String[] figures = lines.get(lines.size() - 1).split(" ");
    double rate = Double.parseDouble(figures[1]);
    report.figure("mails", figures[0]);
    report.figure("heap_above_largest_mail_mb", HEAP_MB - (LARGEST >> 20));
    report.atLeast("mails_per_s", rate, TO_REACH);
    report.atMost("start_s", secondsToTheFirstLine(dir), LONGEST_START);
  }

  private static String classpath(Path dir) {
    if (!ProgramUnderTest.isAnother()) {
      return System.getProperty("java.class.path");
    }
    ProgramUnderTest.copy("classes", dir.resolve("classes"));
    ProgramUnderTest.copy("lib", dir.resolve("lib"));
    return String.join(
        File.pathSeparator,
        dir.resolve("classes").toString(),
        dir.resolve("lib") + "/*",
        Path.of("target", "test-classes").toString());
  }

  /** From the start of the command to its end, with one small mail: the median of some. */
  private static double secondsToTheFirstLine(Path dir) throws Exception {
    Path mail = Files.writeString(dir.resolve("small.eml"), "From: a@example.net\n\nHello\n");
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                ProgramUnderTest.jar().toString(),
                "inspect",
                mail.toString())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("line").toFile());
    double[] seconds = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      long start = System.nanoTime();
      Process process = command.start();
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(Files.readString(dir.resolve("line")));
      }
      seconds[i] = (System.nanoTime() - start) / 1e9;
    }
    Arrays.sort(seconds);
    return seconds[STARTS / 2];
  }

  private static List<String> onOneCore() {
    return Files.isExecutable(Path.of("/usr/bin/taskset"))
        ? List.of("/usr/bin/taskset", "-c", "0")
        : List.of();
  }

  /** The process that is measured: prints how many mails it read, and how many in a second. */
  public static void main(String[] arguments) throws IOException {
    List<Path> mails;
    try (Stream<Path> files = Files.walk(Path.of(arguments[0]))) {
      mails = files.filter(file -> file.toString().endsWith(".eml")).sorted().toList();
    }
    MailParser parser = new MailParser();
    MailClassifier classifier = new MailClassifier();
    int rounds = Integer.parseInt(arguments[2]);
    long measured = 0;
    int read = 0;
    for (int round = 0; round < rounds; round++) {
      classifier.classify(parser.parse(Files.readAllBytes(Path.of(arguments[1]))));
      for (Path mail : mails) {
        byte[] raw = Files.readAllBytes(mail);
        long start = System.nanoTime();
        classifier.classify(parser.parse(raw));
        // The first half warms it up.
        if (round >= rounds / 2) {
          measured += System.nanoTime() - start;
          read++;
        }
      }
    }
    System.out.println(read + " " + read * 1e9 / measured);
  }
}
