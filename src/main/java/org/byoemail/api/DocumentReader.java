package org.byoemail.api;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The program of the process that reads one document: writes its text to standard output, using the
 * Apache Tika on the class path, which has no other class of the gateway. Tika is not a dependency,
 * so it is looked up by name.
 */
final class DocumentReader {
  private static final int TOO_LATE = 2;

  private DocumentReader() {}

  /**
   * Reads one document.
   *
   * @param arguments the files of Tika's configuration and of the document, and the maximum time in
   *     milliseconds
   * @throws Exception if the document cannot be read; the exit status is 1, or 2 after the maximum
   *     time
   */
  public static void main(String[] arguments) throws Exception {
    endAfter(Long.parseLong(arguments[2]));
    OutputStream result = System.out;
    // Libraries log to standard output.
    System.setOut(System.err);
    Class<?> configuration = Class.forName("org.apache.tika.config.TikaConfig");
    Class<?> type = Class.forName("org.apache.tika.Tika");
    Object tika =
        type.getConstructor(configuration)
            .newInstance(
                configuration.getConstructor(Path.class).newInstance(Path.of(arguments[0])));
    try (Reader text =
            (Reader) type.getMethod("parse", Path.class).invoke(tika, Path.of(arguments[1]));
        Writer out = new OutputStreamWriter(result, StandardCharsets.UTF_8)) {
      text.transferTo(out);
    }
  }

  /** The gateway also ends this process, unless the gateway itself was killed. */
  private static void endAfter(long millis) {
    Thread watchdog =
        new Thread(
            () -> {
              try {
                Thread.sleep(millis);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              Runtime.getRuntime().halt(TOO_LATE);
            },
            "watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
  }
}
