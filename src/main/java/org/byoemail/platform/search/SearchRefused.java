package org.byoemail.platform.search;

/** A query that cannot be searched for; the message says why, after the name of its field. */
public class SearchRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String field;

  /** Because of the query. */
  SearchRefused(String reason) {
    this("q", reason);
  }

  SearchRefused(String field, String reason) {
    super(reason);
    this.field = field;
  }

  /** The field that is at fault: {@code q} or {@code cursor}. */
  public String field() {
    return field;
  }
}
