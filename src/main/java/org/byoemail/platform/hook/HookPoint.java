package org.byoemail.platform.hook;

/** A point of a flow at which a hook is called. */
public enum HookPoint {
  /** A submission was read, and its sender is known; nothing of it is stored yet. */
  BEFORE_ACCEPT("before-accept"),
  /** A submission was stored. */
  AFTER_ACCEPT("after-accept"),
  /** A mail was read and is accepted; nothing of it is stored yet. */
  BEFORE_INGEST("before-ingest"),
  /** An attempt has begun; no server was contacted yet. */
  BEFORE_SEND("before-send"),
  /** The result of an attempt was recorded. */
  AFTER_SEND("after-send"),
  /** A mail was stored as a message. */
  AFTER_INGEST("after-ingest");

  private final String word;

  HookPoint(String word) {
    this.word = word;
  }

  /**
   * Whether it only reports what has happened: neither its answer nor its failure changes anything.
   */
  boolean isAfter() {
    return word.startsWith("after-");
  }

  /** Such as {@code before-send}; the route consumes {@code direct:hook-before-send}. */
  public String word() {
    return word;
  }
}
