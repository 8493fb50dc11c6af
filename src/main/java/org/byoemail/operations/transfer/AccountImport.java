package org.byoemail.operations.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Imports accounts from a file, each line in a transaction of its own: a line that fails is
 * reported, the others are imported. Importing the same file again changes nothing. Safe for use by
 * many threads.
 */
@Service
public class AccountImport {
  /** The most lines of a file. */
  public static final int MAX_LINES = 5000;

  private static final Logger log = LoggerFactory.getLogger(AccountImport.class);
  private static final int MAX_ADDRESS = 320;

  private final ImportedAccounts accounts;
  private final AuditLog audit;

  AccountImport(ImportedAccounts accounts, AuditLog audit) {
    this.accounts = accounts;
    this.audit = audit;
  }

  /**
   * Imports a file.
   *
   * @param file read to its end, unless it has too many lines; not closed
   * @throws FieldsRefused if the header of a CSV file is not valid: nothing is imported
   * @throws UncheckedIOException if the file cannot be read
   */
  public ImportReport run(InputStream file, FileFormat format, ImportOptions options) {
    try {
      LineReader lines = new LineReader(file, format);
      AccountCsv csv = format == FileFormat.CSV ? header(lines) : null;
      List<ImportedLine> imported = new ArrayList<>();
      String incomplete = take(lines, csv, options, imported);
      ImportReport report = new ImportReport(List.copyOf(imported), incomplete);
      record(report, options);
      return report;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable String take(
      LineReader lines, @Nullable AccountCsv csv, ImportOptions options, List<ImportedLine> into)
      throws IOException {
    for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
      if (into.size() == MAX_LINES) {
        return "the file has more than "
            + MAX_LINES
            + " lines: import the rest from line "
            + line.number()
            + " on";
      }
      try {
        into.add(take(line, csv, options));
      } catch (DataAccessResourceFailureException | CannotCreateTransactionException e) {
        log.warn("import stopped at line {}: {}", line.number(), e.getMessage());
        return "the database is unavailable: import the file again from line "
            + line.number()
            + " on";
      }
    }
    return null;
  }

  private ImportedLine take(LineReader.Line line, @Nullable AccountCsv csv, ImportOptions options) {
    if (line.text() == null) {
      return ImportedLine.failed(
          line.number(), null, List.of(new FieldProblem("line", String.valueOf(line.problem()))));
    }
    String address = null;
    try {
      ObjectNode fields = csv == null ? AccountFields.parse(line.text()) : csv.fields(line.text());
      AccountLine account =
          AccountFields.read(fields, csv == null ? FileFormat.JSONL : FileFormat.CSV);
      address = shown(account.address());
      return accounts.take(line.number(), account, options);
    } catch (FieldsRefused e) {
      return ImportedLine.failed(line.number(), address, e.problems());
    } catch (StateConflict e) {
      return ImportedLine.failed(
          line.number(),
          address,
          List.of(new FieldProblem("address", String.valueOf(e.getMessage()))));
    } catch (DataAccessResourceFailureException | CannotCreateTransactionException e) {
      throw e;
    } catch (RuntimeException e) {
      // The other lines are still imported.
      log.error("line {} of an import failed", line.number(), e);
      return ImportedLine.failed(
          line.number(),
          address,
          List.of(new FieldProblem("line", "internal error: import the line again")));
    }
  }

  private static AccountCsv header(LineReader lines) throws IOException {
    LineReader.Line header = lines.next();
    if (header == null) {
      throw new FieldsRefused("header", "is missing: the file is empty");
    }
    if (header.text() == null) {
      throw new FieldsRefused("header", String.valueOf(header.problem()));
    }
    return AccountCsv.ofHeader(header.text(), lines.separator());
  }

  /** The accounts have entries of their own. */
  private void record(ImportReport report, ImportOptions options) {
    audit.recordAlone(
        "accounts.imported",
        null,
        options.organization(),
        Map.of(
            "created", report.count(ImportedLine.Result.CREATED),
            "updated", report.count(ImportedLine.Result.UPDATED),
            "unchanged", report.count(ImportedLine.Result.UNCHANGED),
            "failed", report.count(ImportedLine.Result.FAILED)));
  }

  private static @Nullable String shown(@Nullable String address) {
    return address == null || address.length() <= MAX_ADDRESS
        ? address
        : address.substring(0, MAX_ADDRESS) + "…";
  }
}
