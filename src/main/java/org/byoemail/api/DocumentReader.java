package org.byoemail.api;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The program of the process that reads one document: writes its text to the standard output, by
 * the Apache Tika on the class path, where no other class of the gateway is. Tika is no dependency,
 * so that it is found by name.
 */
final class DocumentReader {
  private DocumentReader() {}

  /**
   * Reads one document.
   *
   * @param arguments the files of Tika's configuration and of the document
   * @throws Exception if the document cannot be read; the exit status is 1
   */
  public static void main(String[] arguments) throws Exception {
    OutputStream result = System.out;
    // Libraries log to it.
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
}
