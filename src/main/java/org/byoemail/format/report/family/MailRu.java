package org.byoemail.format.report.family;

/** Mail.ru, in Russian with the English of Exim below it. */
final class MailRu {
  static final MtaSignature FAMILY =
      MtaSignature.named("mail-ru")
          .says("это письмо создано автоматически сервером")
          .senders("mail.ru")
          .returned("это копия", "this is a copy of the message");

  private MailRu() {}
}
