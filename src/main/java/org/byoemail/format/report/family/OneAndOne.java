package org.byoemail.format.report.family;

/** 1&1, IONOS and GMX, whose notices look like those of Exim. */
final class OneAndOne {
  static final MtaSignature FAMILY =
      MtaSignature.named("ionos")
          .says(
              "the header of the original message is following",
              "delivery to the following recipients failed permanently",
              "postmaster.1and1.com",
              "the following address failed:",
              "for the following reason:",
              "your message could not be delivered to the following recipient")
          .senders(
              "kundenserver", "gmx", "1und1", "1and1", "ionos", "perfora", "web.de", "mail.com")
          .returned(
              "the header of the original message is following",
              "the header of the original message");

  private OneAndOne() {}
}
