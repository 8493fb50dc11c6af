package org.byoemail.platform.event;

/** The types of events. */
public enum EventType {
  MESSAGE_SENT("message.sent"),
  MESSAGE_DEFERRED("message.deferred"),
  MESSAGE_HELD("message.held"),
  MESSAGE_FAILED("message.failed"),
  MESSAGE_CANCELLED("message.cancelled"),
  MESSAGE_REVIEW_REQUESTED("message.review_requested"),
  MESSAGE_APPROVED("message.approved"),
  MESSAGE_REJECTED("message.rejected"),
  MESSAGE_REVIEW_EXPIRED("message.review_expired"),
  MESSAGE_BOUNCED("message.bounced"),
  MESSAGE_DELIVERED("message.delivered"),
  MESSAGE_RECEIVED("message.received"),
  MESSAGE_COMPLAINED("message.complained"),
  MESSAGE_FLAGGED("message.flagged"),
  MESSAGE_QUARANTINED("message.quarantined"),
  MAIL_HELD("mail.held"),
  MAIL_HELD_LIMIT_REACHED("mail.held_limit_reached"),
  MAIL_HELD_DIGEST("mail.held_digest"),
  SENDING_STOPPED("sending.stopped"),
  SENDING_STARTED("sending.started"),
  CONTACT_REQUESTED("contact.requested"),
  CONTACT_REQUEST_DECIDED("contact.request_decided"),
  CORRESPONDENT_HELD("correspondent.held"),
  RECIPIENT_UNSUBSCRIBED("recipient.unsubscribed"),
  ACCOUNT_ERROR("account.error"),
  ACCOUNT_RECOVERED("account.recovered"),
  ACCOUNT_NEEDS_REAUTHORIZATION("account.needs_reauthorization"),
  ACCOUNT_MAILBOX_RESET("account.mailbox_reset"),
  WEBHOOK_DISABLED("webhook.disabled"),
  ALIAS_PROVED("alias.proved"),
  ALIAS_REFUSED("alias.refused"),
  DOMAIN_PROVED("domain.proved"),
  DOMAIN_LOST("domain.lost"),
  DOSSIER_SEALED("dossier.sealed");

  private final String word;

  EventType(String word) {
    this.word = word;
  }

  /** The name in the contract. */
  public String word() {
    return word;
  }
}
