package org.byoemail.format.report.family;

/** Clearswift MIMEsweeper. */
final class MimeSweeper {
  static final MtaSignature FAMILY =
      MtaSignature.named("mimesweeper").says("mimesweeper", "a message could not be delivered to:");

  private MimeSweeper() {}
}
