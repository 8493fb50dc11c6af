package org.byoemail.platform.retry;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/** Distinguishes errors of the database itself from errors in what was asked of it. */
public final class DatabaseErrors {
  private DatabaseErrors() {}

  /**
   * Whether the database is unavailable or too busy, so that the same may succeed later and
   * anything else would fail now.
   */
  public static boolean isUnavailable(Throwable e) {
    return e instanceof TransientDataAccessException
        || e instanceof DataAccessResourceFailureException
        || e instanceof TransactionException;
  }
}
