package org.byoemail.platform.retry;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/** Distinguishes an unavailable database from a statement that fails. */
public final class DatabaseErrors {
  private DatabaseErrors() {}

  /**
   * Whether the database is unavailable or too busy: other statements would fail now, too, and the
   * same statement may succeed later.
   */
  public static boolean isUnavailable(Throwable e) {
    return e instanceof TransientDataAccessException
        || e instanceof DataAccessResourceFailureException
        || e instanceof TransactionException;
  }
}
