package org.byoemail.operations.transfer;

import java.util.List;
import java.util.Locale;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.FieldProblem;
import org.jspecify.annotations.Nullable;

/**
 * The result of importing a line.
 *
 * @param number of the line in the file, from 1
 * @param address as the line has it; null if it could not be read
 * @param account null if it failed
 * @param problems empty unless it failed
 */
public record ImportedLine(
    long number,
    @Nullable String address,
    Result result,
    @Nullable AccountId account,
    List<FieldProblem> problems) {

  /** The results. */
  public enum Result {
    /** The account is new: disabled on both sides until they are tested. */
    CREATED,
    /** The account was changed; a side whose server changed needs a new test. */
    UPDATED,
    /** The account already existed and was left unchanged. */
    UNCHANGED,
    /** Nothing was done. */
    FAILED;

    /** The word of the API. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static ImportedLine failed(long number, @Nullable String address, List<FieldProblem> problems) {
    return new ImportedLine(number, address, Result.FAILED, null, List.copyOf(problems));
  }
}
