package org.byoemail.format.mime;

/** Whether a mail was written by a machine (RFC 3834 section 5). */
public enum AutoSubmitted {
  /** Nothing says so. */
  NO,
  /** Written by a machine of its own accord: a report, a notice, bulk mail. */
  GENERATED,
  /** A machine's answer to a mail, such as an absence notice. Never answer it. */
  REPLIED
}
