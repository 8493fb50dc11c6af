package org.byoemail.platform.hook;

/** Where a flow asks a route of the operator. */
public enum HookPoint {
  /** A mail was read and is accepted; nothing of it is stored yet. */
  BEFORE_INGEST("before-ingest"),
  /** An attempt has begun; no server knows of it yet. */
  BEFORE_SEND("before-send");

  private final String word;

  HookPoint(String word) {
    this.word = word;
  }

  /** Such as {@code before-send}; the route consumes {@code direct:hook-before-send}. */
  public String word() {
    return word;
  }
}
