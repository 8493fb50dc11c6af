package org.byoemail.format.report.family;

/** Google Groups: a group that is not there, or does not take mail from everybody. */
final class GoogleGroups {
  static final MtaSignature FAMILY =
      MtaSignature.named("google-groups")
          .says(
              "googlegroups",
              "google groups",
              "google グループ",
              "groups.google.com",
              "support.google.com/a/answer/168383")
          .headers("X-Failed-Recipients")
          .returned("original message");

  private GoogleGroups() {}
}
