package org.byoemail.format.report.family;

/** Yandex, whose notices are those of Postfix under a name of their own. */
final class Yandex {
  static final MtaSignature FAMILY =
      MtaSignature.named("yandex")
          .says("this is the mail system at host yandex", "yandex.ru", "yandex.net")
          .senders("yandex");

  private Yandex() {}
}
