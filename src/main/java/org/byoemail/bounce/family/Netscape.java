package org.byoemail.bounce.family;

/** Netscape and other servers of the nineties. */
final class Netscape {
  static final Family FAMILY =
      Family.named("netscape")
          .says("this message was undeliverable due to the following reason")
          .returned("the following is the header");

  private Netscape() {}
}
