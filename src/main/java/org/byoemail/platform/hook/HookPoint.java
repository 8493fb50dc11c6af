package org.byoemail.platform.hook;

/** A point of a flow at which a hook is called. */
public enum HookPoint {
  /** A mail was read and is accepted; nothing of it is stored yet. */
  BEFORE_INGEST("before-ingest"),
  /** An attempt has begun; no server was contacted yet. */
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
