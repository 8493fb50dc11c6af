package org.byoemail.api;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The text of attached PDF and office documents in views.
 *
 * @param tika the folder with the jars of Apache Tika and its parsers; null or empty: documents
 *     have no text
 * @param heap the heap of the process that reads one document
 * @param timeout the time after which the process is ended
 * @param maxSize the maximum size of a document that is read
 * @param concurrent the maximum number of processes on a node
 */
@ConfigurationProperties("byo.document-text")
record DocumentTextSettings(
    @Nullable Path tika,
    @DefaultValue("256MB") DataSize heap,
    @DefaultValue("20s") Duration timeout,
    @DefaultValue("20MB") DataSize maxSize,
    @DefaultValue("1") int concurrent) {

  private static final Duration LONGEST = Duration.ofMinutes(1);

  DocumentTextSettings {
    if (tika != null && tika.toString().isBlank()) {
      tika = null;
    }
    if (tika != null) {
      tika = tika.toAbsolutePath();
      if (!Files.isDirectory(tika)) {
        throw new IllegalArgumentException(
            "byo.document-text.tika is not a folder: name the one with the jars of Apache Tika");
      }
    }
    if (heap.toMegabytes() < 64) {
      throw new IllegalArgumentException("byo.document-text.heap must be at least 64MB");
    }
    if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("byo.document-text.timeout must be 1ms to 1m");
    }
    if (maxSize.toBytes() < 1) {
      throw new IllegalArgumentException("byo.document-text.max-size must be at least 1B");
    }
    if (concurrent < 1 || concurrent > 64) {
      throw new IllegalArgumentException("byo.document-text.concurrent must be 1 to 64");
    }
  }
}
