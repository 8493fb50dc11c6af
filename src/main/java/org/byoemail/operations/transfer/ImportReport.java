package org.byoemail.operations.transfer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of importing a file.
 *
 * @param incomplete why the rest of the file was not read; null: all of it was
 */
public record ImportReport(List<ImportedLine> lines, @Nullable String incomplete) {

  /** How many lines had that result. */
  public int count(ImportedLine.Result result) {
    return (int) lines.stream().filter(line -> line.result() == result).count();
  }
}
