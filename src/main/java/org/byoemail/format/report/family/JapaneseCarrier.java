package org.byoemail.format.report.family;

/** The Japanese mobile carriers: au (EZweb), KDDI, docomo, SoftBank. */
final class JapaneseCarrier {
  static final MtaSignature FAMILY =
      MtaSignature.named("japanese-carrier")
          .says(
              "each of the following recipients was rejected by a remote mail server",
              "the user(s) account is disabled",
              "the user(s) account is temporarily limited",
              "could not be delivered to: <",
              "as their mailbox is full",
              "au one net",
              "ezweb",
              "docomo.ne.jp",
              "次のあて先へのメッセージはエラーのため送信できませんでした")
          .senders("ezweb", "dion.ne.jp", "au.com", "docomo", "softbank", "kddi", "no-reply@")
          .labels("could not be delivered to", "recipient");

  private JapaneseCarrier() {}
}
