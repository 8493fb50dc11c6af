package org.byoemail.platform.search;

/** A query that cannot be searched for; the message says why, after the name of its field. */
public class SearchRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  SearchRefused(String reason) {
    super(reason);
  }
}
