package org.byoemail.bounce.family;

/** Verizon and other gateways from mail to text messages. */
final class Verizon {
  static final Family FAMILY =
      Family.named("verizon")
          .says("error: invalid user address", "error: no valid recipients from")
          .labels("rcpt to");

  private Verizon() {}
}
