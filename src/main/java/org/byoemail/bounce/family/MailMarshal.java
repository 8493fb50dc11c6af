package org.byoemail.bounce.family;

/** Trustwave MailMarshal. */
final class MailMarshal {
  static final Family FAMILY =
      Family.named("mailmarshal")
          .says("the following recipients were affected", "could not be delivered because of")
          .returned("additional information");

  private MailMarshal() {}
}
