package org.byoemail.platform.search;

/** A search that took longer than it may. */
public class SearchTooSlow extends RuntimeException {
  private static final long serialVersionUID = 1;

  SearchTooSlow(Throwable cause) {
    super("took too long: add words, from: or after:", cause);
  }
}
