package org.byoemail.format.report;

/** From what a report was read, and so how reliable that is. */
public enum ReportStrength {
  /** From machine-readable fields, such as RFC 3464 defines. */
  STRUCTURED,
  /** From text for people. */
  FREE_TEXT;

  /** The word for it in rows and output. */
  public String word() {
    return this == STRUCTURED ? "structured" : "free-text";
  }
}
