package org.byoemail.command.gateway;

import java.io.IOException;
import java.io.InputStream;
import org.byoemail.operations.transfer.FileFormat;
import org.byoemail.operations.transfer.LineReader;
import org.jspecify.annotations.Nullable;

/** Splits a file into batches that one request each can carry. For one thread. */
final class ImportBatches {
  private static final int MAX_LINES = 500;
  private static final int MAX_LENGTH = 200_000;

  private final LineReader lines;
  private final boolean headed;
  private @Nullable String header;
  private boolean begun;

  ImportBatches(InputStream file, FileFormat format) {
    this.lines = new LineReader(file, format);
    this.headed = format == FileFormat.CSV;
  }

  /**
   * The next batch; null at the end.
   *
   * @throws IOException if the file cannot be read, or its header
   */
  @Nullable ImportBatch next() throws IOException {
    if (!begun && headed) {
      LineReader.Line first = lines.next();
      if (first == null || first.text() == null) {
        throw new IOException(
            "the header " + (first == null ? "is missing: the file is empty" : first.problem()));
      }
      header = first.text();
    }
    begun = true;
    ImportBatch batch = new ImportBatch(header);
    while (batch.lines() < MAX_LINES && batch.length() < MAX_LENGTH) {
      LineReader.Line line = lines.next();
      if (line == null) {
        break;
      }
      batch.add(line);
    }
    return batch.lines() == 0 ? null : batch;
  }
}
