package org.byoemail.format.report.family;

/** The DragonFly Mail Agent. */
final class DragonFly {
  static final MtaSignature FAMILY =
      MtaSignature.named("dragon-fly")
          .says("this is the dragonfly mail agent", "there was an error delivering your mail to")
          .labels("there was an error delivering your mail to")
          .returned("original message follows", "message headers follow");

  private DragonFly() {}
}
