package org.byoemail.bounce.family;

/** m-FILTER, a mail filter of Japanese companies. */
final class MFilter {
  static final Family FAMILY =
      Family.named("m-filter")
          .says("「m-filter」", "-------server message", "-------smtp command")
          .returned("original message", "original mail info");

  private MFilter() {}
}
