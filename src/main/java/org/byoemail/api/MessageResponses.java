package org.byoemail.api;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Accounts;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.outbound.bounce.Bounces;
import org.byoemail.outbound.outbox.Gate;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Labels;
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
  private final InboundFacts facts;
  private final Labels labels;
  private final OutboundFacts outbound;

  MessageResponses(
      Messages messages,
      Attachments attachments,
      Accounts accounts,
      Bounces bounces,
      InboundFacts facts,
      Labels labels,
      OutboundFacts outbound) {
    this.outbound = outbound;
    this.messages = messages;
    this.attachments = attachments;
    this.accounts = accounts;
    this.bounces = bounces;
    this.facts = facts;
    this.labels = labels;
  }

  /**
   * An outbound message.
   *
   * @param isOperator whether the reader sees every organisation
   */
  OutboundMessageResponse outbound(OutboundDetails details, boolean isOperator) {
    Message message = details.message();
    return OutboundMessageResponse.of(
        details,
        accounts.ofEndpoint(message.endpoint()).map(account -> account.id().value()).orElse(null),
        bounces.ofMessage(message.id()),
        outbound.findings(message.id(), isOperator),
        labels(message),
        messages::reader);
  }

  MessageWhy why(OutboundDetails details, List<Gate> decided, boolean isOperator) {
    return MessageWhy.of(
        details,
        decided,
        outbound.findings(details.message().id(), isOperator),
        outbound.origins(details));
  }

  InboundMessageResponse inbound(Message message, InboxEntry mail) {
    return InboundMessageResponse.of(
        message,
        attachments.ofMessage(message.id()),
        mail,
        facts.newText(message),
        facts.invitation(message),
        facts.screening(message),
        labels(message),
        messages::reader);
  }

  /** The labels of those messages that have some. */
  Map<UUID, List<String>> labels(Collection<UUID> ids) {
    return labels.ofMessages(ids);
  }

  private List<String> labels(Message message) {
    UUID id = message.id().value();
    return labels(List.of(id)).getOrDefault(id, List.of());
  }
}
