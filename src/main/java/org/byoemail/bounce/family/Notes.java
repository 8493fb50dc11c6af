package org.byoemail.bounce.family;

/** Lotus Notes gateways of the nineties. */
final class Notes {
  static final Family FAMILY =
      Family.named("notes")
          .says(
              "------- failure reasons",
              "--------failure reasons",
              "------- returned message",
              "unable to deliver mail to the following recipient(s)",
              "user not listed in public name")
          .returned("returned message");

  private Notes() {}
}
