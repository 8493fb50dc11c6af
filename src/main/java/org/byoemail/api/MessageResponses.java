package org.byoemail.api;

import org.byoemail.account.registry.Accounts;
import org.byoemail.inbound.ingest.CalendarInvitations;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.inbound.ingest.NewTexts;
import org.byoemail.inbound.ingest.Screenings;
import org.byoemail.outbound.bounce.Bounces;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.springframework.stereotype.Component;

/** Builds the responses for messages from what the features know of them. */
@Component
class MessageResponses {
  private final Messages messages;
  private final Attachments attachments;
  private final Accounts accounts;
  private final Bounces bounces;
  private final CalendarInvitations invitations;
  private final Screenings screenings;
  private final NewTexts texts;

  MessageResponses(
      Messages messages,
      Attachments attachments,
      Accounts accounts,
      Bounces bounces,
      CalendarInvitations invitations,
      Screenings screenings,
      NewTexts texts) {
    this.messages = messages;
    this.attachments = attachments;
    this.accounts = accounts;
    this.bounces = bounces;
    this.invitations = invitations;
    this.screenings = screenings;
    this.texts = texts;
  }

  OutboundMessageResponse outbound(OutboundDetails details) {
    Message message = details.message();
    return OutboundMessageResponse.of(
        details,
        accounts.ofEndpoint(message.endpoint()).map(account -> account.id().value()).orElse(null),
        bounces.ofMessage(message.id()),
        messages::reader);
  }

  InboundMessageResponse inbound(Message message, InboxEntry mail) {
    return InboundMessageResponse.of(
        message,
        attachments.ofMessage(message.id()),
        mail,
        texts.of(message),
        invitations.ofMessage(message.id()).orElse(null),
        screenings.ofMessage(message.id()),
        messages::reader);
  }
}
