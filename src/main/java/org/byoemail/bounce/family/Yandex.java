package org.byoemail.bounce.family;

/** Yandex, whose notices are those of Postfix under a name of their own. */
final class Yandex {
  static final Family FAMILY =
      Family.named("yandex")
          .says("this is the mail system at host yandex", "yandex.ru", "yandex.net")
          .senders("yandex");

  private Yandex() {}
}
