package org.byoemail.format.report.family;

/** Lotus Notes gateways of the nineties. */
final class Notes {
  static final MtaSignature FAMILY =
      MtaSignature.named("notes")
          .says(
              "------- failure reasons",
              "--------failure reasons",
              "------- returned message",
              "unable to deliver mail to the following recipient(s)",
              "user not listed in public name")
          .returned("returned message");

  private Notes() {}
}
