package org.byoemail.api;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.byoemail.platform.conversation.AttachmentReader.Start;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.InputStreamSource;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * Reads the text of PDF and office documents with Apache Tika, in a separate process for each. The
 * process has a bounded heap, time and output, none of our environment variables, and only the
 * parsers for these types, none of which starts a program. Off unless the folder of Tika's jars is
 * named. Thread-safe.
 */
@Component
class DocumentTexts {
  private static final Logger log = LoggerFactory.getLogger(DocumentTexts.class);
  private static final String PARSERS = "parsers.xml";
  private static final String DOCUMENT = "document";
  private static final String PROGRAM = "program.jar";
  private static final long END_SECONDS = 10;

  private static final Set<String> TYPES =
      Set.of(
          "application/pdf",
          "application/msword",
          "application/rtf",
          "text/rtf",
          "application/vnd.ms-excel",
          "application/vnd.ms-powerpoint",
          "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
          "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
          "application/vnd.openxmlformats-officedocument.presentationml.presentation",
          "application/vnd.oasis.opendocument.text",
          "application/vnd.oasis.opendocument.spreadsheet",
          "application/vnd.oasis.opendocument.presentation");

  private static final String CONFIGURATION =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <properties>
        <parsers>
          <parser class="org.apache.tika.parser.pdf.PDFParser"/>
          <parser class="org.apache.tika.parser.microsoft.OfficeParser"/>
          <parser class="org.apache.tika.parser.microsoft.ooxml.OOXMLParser"/>
          <parser class="org.apache.tika.parser.odf.OpenDocumentParser"/>
          <parser class="org.apache.tika.parser.microsoft.rtf.RTFParser"/>
        </parsers>
      </properties>
      """;

  private final DocumentTextSettings settings;
  private final MeterRegistry meters;
  private final Semaphore processes;

  DocumentTexts(DocumentTextSettings settings, MeterRegistry meters) {
    this.settings = settings;
    this.meters = meters;
    this.processes = new Semaphore(settings.concurrent());
    for (String outcome : List.of("read", "failed", "busy")) {
      count(outcome, 0);
    }
  }

  /**
   * Whether a document of that type and size may have a text here.
   *
   * @param type without parameters, in lower case
   */
  boolean reads(String type, long size) {
    return settings.tika() != null
        && TYPES.contains(type)
        && size > 0
        && size <= settings.maxSize().toBytes();
  }

  /**
   * The text of a document, cut to that many bytes; null if it has none (such as a scan), if Tika
   * fails, or if too many documents are being read. Blocks at most for the configured timeout, once
   * to wait for others and once to read.
   *
   * @param document opened when it can be read
   * @throws IOException if the document cannot be copied, or no process can be started
   */
  @Nullable Start read(InputStreamSource document, int maxBytes) throws IOException {
    try {
      if (!processes.tryAcquire(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        count("busy", 1);
        return null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      count("failed", 1);
      return null;
    }
    try {
      Path folder = Files.createTempDirectory("byo-document");
      try {
        Files.writeString(folder.resolve(PARSERS), CONFIGURATION);
        try (InputStream content = document.getInputStream()) {
          Files.copy(content, folder.resolve(DOCUMENT));
        }
        writeProgram(folder.resolve(PROGRAM));
        return extracted(folder, maxBytes);
      } finally {
        delete(folder);
      }
    } catch (IOException | RuntimeException e) {
      count("failed", 1);
      throw e;
    } finally {
      processes.release();
    }
  }

  private static void delete(Path folder) {
    try {
      FileSystemUtils.deleteRecursively(folder);
    } catch (IOException e) {
      log.warn("{} cannot be deleted now, but will be within a day: {}", folder, e.toString());
    }
  }

  /** In a jar, so that leftovers of a killed node contain no folders. */
  private static void writeProgram(Path jar) throws IOException {
    String type = DocumentReader.class.getName().replace('.', '/') + ".class";
    try (InputStream in = DocumentTexts.class.getClassLoader().getResourceAsStream(type);
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(type));
      out.write(Objects.requireNonNull(in, type).readAllBytes());
    }
  }

  private @Nullable Start extracted(Path folder, int maxBytes) throws IOException {
    Process process = started(folder);
    CompletableFuture.delayedExecutor(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .execute(process::destroyForcibly);
    try {
      byte[] bytes = process.getInputStream().readNBytes(maxBytes + 1);
      boolean whole = bytes.length <= maxBytes;
      if (whole && process.waitFor() != 0) {
        count("failed", 1);
        log.info(
            "a document has no readable text: Tika exited with status {}", process.exitValue());
        return null;
      }
      count("read", 1);
      String text = new String(bytes, 0, Math.min(bytes.length, maxBytes), StandardCharsets.UTF_8);
      text = text.replace("\0", "").strip();
      return text.isEmpty() ? null : new Start(text, whole);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      count("failed", 1);
      return null;
    } finally {
      end(process);
    }
  }

  /** Waits for the process to end, since it may still write to its folder. */
  private static void end(Process process) {
    process.destroyForcibly();
    process.onExit().completeOnTimeout(process, END_SECONDS, TimeUnit.SECONDS).join();
    if (process.isAlive()) {
      log.warn("the process {}, which read a document, does not end", process.pid());
    }
  }

  private Process started(Path folder) throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + settings.heap().toMegabytes() + "m",
                // Memory outside the heap is bounded, too.
                "-XX:MaxMetaspaceSize=96m",
                "-XX:MaxDirectMemorySize=16m",
                "-XX:ReservedCodeCacheSize=32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                PROGRAM + File.pathSeparator + settings.tika() + File.separator + "*",
                DocumentReader.class.getName(),
                PARSERS,
                DOCUMENT,
                String.valueOf(settings.timeout().toMillis()))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    // The environment may have secrets of the gateway.
    command.environment().clear();
    Process process = command.start();
    process.getOutputStream().close();
    return process;
  }

  private void count(String outcome, int times) {
    Counter.builder("byo.document.texts")
        .description("attached documents whose text was requested")
        .tag("outcome", outcome)
        .register(meters)
        .increment(times);
  }
}
