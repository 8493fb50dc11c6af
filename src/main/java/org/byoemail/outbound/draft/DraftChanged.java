package org.byoemail.outbound.draft;

/** A draft has another version than the one that a request is about. */
public final class DraftChanged extends DraftConflict {
  private static final long serialVersionUID = 1;

  DraftChanged() {
    super("the draft was changed meanwhile: read it again, and give its present ETag as If-Match");
  }
}
