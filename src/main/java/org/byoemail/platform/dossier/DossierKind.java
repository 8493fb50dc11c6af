package org.byoemail.platform.dossier;

import java.util.Locale;

/** What an entry of a dossier records. */
public enum DossierKind {
  /** A submission was accepted: who handed it in, and what. */
  ACCEPTED,
  /** Gates decided on it. */
  GATES,
  /** A review was asked for, decided, used up or ended. */
  REVIEW,
  /** An attempt ended, or was none: what was sent, and what the server said. */
  ATTEMPT,
  /** Recipients got nothing, since they are suppressed. */
  REFUSED,
  /** A report came back. */
  REPORT,
  /** A person or a producer cancelled it. */
  CANCELLED,
  /** It expired. */
  EXPIRED,
  /** A person released it, held until then. */
  RELEASED,
  /** A person had it sent again. */
  RESENT,
  /** The database was restored from a backup. */
  RESTORED,
  /** Contents of entries were erased, or entries deleted after their retention period. */
  ERASED,
  /** The chain is signed by another key from here on. */
  KEY_CHANGED;

  /** Whether it is about the chain rather than a message. */
  boolean isOfChain() {
    return this == RESTORED || this == ERASED || this == KEY_CHANGED;
  }

  /** Its word in the database and the API. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
