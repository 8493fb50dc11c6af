package org.byoemail.format.report.notice;

import java.util.List;

/** The labels of recipients in a notice. */
final class RecipientLabels {
  /** Followed by a recipient. */
  static final List<String> CLEAR =
      List.of(
          "recipient",
          "recipients",
          "undeliverable to",
          "undelivered to",
          "unknown user",
          "user unknown",
          "invalid user",
          "no such user",
          "invalid final delivery userid",
          "user mailbox exceeds allowed size",
          "mailbox is full",
          "mailbox full",
          "delivery failed",
          "delivery failed to",
          "attempts",
          "quota violation for",
          "delivered to",
          "deliver to",
          "delivering to",
          "delivery to",
          "delivery for",
          "deliver it to",
          "sent to",
          "message to",
          "mail to",
          "email to",
          "message for",
          "mail for",
          "addressed to",
          "message was addressed,",
          "address",
          "gateway for",
          "conversation with host for",
          "pas pu etre delivre a",
          "宛先",
          "送信先",
          "получатель",
          "получателю",
          "адрес",
          "收件人",
          "empfänger",
          "destinataire",
          "destinatario",
          "destinatário");

  /** Possibly followed by a recipient, if there is no clear label. */
  static final List<String> VAGUE =
      List.of("to", "for", "user", "account", "mailbox", "email", "e-mail", "addr", "smtp");

  private static final Phrases ANNOUNCEMENTS =
      new Phrases(
          List.of(
              "following address",
              "following recipient",
              "following e-mail address",
              "following email address",
              "following user",
              "following destination",
              "list of recipients",
              "these recipients",
              "one or more recipients",
              "one or more of the recipients",
              "one or more destinations",
              "of its recipients",
              "destination addresses",
              "recipient(s)",
              "address(es)",
              "affected recipients",
              "recipients were affected",
              "recipients of your message",
              "failed recipients",
              "failed addresses",
              "addresses failed",
              "address failed",
              "addresses had",
              "addresses have",
              "addresses did not",
              "not delivered to",
              "could not be delivered to",
              "cannot be delivered to",
              "did not reach",
              "delivery has failed to",
              "delivery failed to",
              "has been delayed",
              "your message to:",
              "intended recipient",
              "users in your message",
              "permanent fatal errors",
              "delivery problems",
              "delivery errors",
              "fehlgeschlagen",
              "empfänger",
              "destinataire",
              "destinatari",
              "получател",
              "адрес",
              "宛先",
              "あて先",
              "アドレスへの",
              "メールアドレス",
              "受信者",
              "收件人",
              "地址"));

  private RecipientLabels() {}

  /** Whether the next lines list recipients. */
  static boolean announces(String lower) {
    return ANNOUNCEMENTS.occurIn(lower);
  }

  /** Whether the text in front of a recipient is the name of a field, or a remark. */
  static boolean isField(String before) {
    int colon = Math.max(before.indexOf(':'), before.indexOf('：'));
    return colon >= 0 && endsWithOne(before.substring(0, colon), CLEAR)
        || before.startsWith("(") && endsWithOne(before, CLEAR);
  }

  private static String withoutPunctuation(String text) {
    int end = text.length();
    while (end > 0 && " \t:=：\"'<(".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(0, end);
  }

  /**
   * Whether a text ends with one of the labels, as whole words; colons, quotes and brackets after
   * it do not count.
   */
  static boolean endsWithOne(String text, List<String> labels) {
    String end = withoutPunctuation(text);
    for (String label : labels) {
      int start = end.length() - label.length();
      if (end.endsWith(label) && (start == 0 || !Character.isLetter(end.charAt(start - 1)))) {
        return true;
      }
    }
    return false;
  }
}
