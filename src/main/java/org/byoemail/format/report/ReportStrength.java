package org.byoemail.format.report;

/** How a report was read, and so how far it can be trusted. */
public enum ReportStrength {
  /** From fields that are made for machines, such as those of RFC 3464. */
  STRUCTURED,
  /** From words that are meant for people. */
  FREE_TEXT;

  /** The word for it in rows and output. */
  public String word() {
    return this == STRUCTURED ? "structured" : "free-text";
  }
}
