package org.byoemail.format.mime;

/** Whether a mail was generated automatically (RFC 3834 section 5). */
public enum AutoSubmitted {
  /** Nothing says so. */
  NO,
  /** auto-generated: a report, a notice, bulk mail. */
  GENERATED,
  /** auto-replied, such as an absence notice. Never to be replied to. */
  REPLIED
}
