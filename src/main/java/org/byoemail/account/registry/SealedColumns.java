package org.byoemail.account.registry;

import java.util.List;

/** The sealed columns of the tables that one feature writes. */
public interface SealedColumns {
  /** The columns. */
  List<SealedColumn> columns();
}
