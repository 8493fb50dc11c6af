package org.byoemail.bounce.family;

/** Clearswift MIMEsweeper. */
final class MimeSweeper {
  static final Family FAMILY =
      Family.named("mimesweeper").says("mimesweeper", "a message could not be delivered to:");

  private MimeSweeper() {}
}
