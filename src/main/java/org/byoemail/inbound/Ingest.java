package org.byoemail.inbound;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.Account;
import org.byoemail.conversation.Attachment;
import org.byoemail.conversation.Attachments;
import org.byoemail.conversation.Conversations;
import org.byoemail.conversation.Direction;
import org.byoemail.conversation.Message;
import org.byoemail.conversation.Messages;
import org.byoemail.event.EventType;
import org.byoemail.event.Events;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.HeaderField;
import org.byoemail.mail.Ids;
import org.byoemail.mail.MailHeaders;
import org.byoemail.mail.MessageId;
import org.byoemail.mail.NamedAddress;
import org.byoemail.mail.ParsedMail;
import org.byoemail.mail.Times;
import org.byoemail.mailbox.IncomingMail;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Makes a message of a mail: in its conversation, with its attachments and its event. */
@Component("ingest")
public class Ingest {
  private static final int MOST_HEADER_CHARACTERS = 256 << 10;

  private final Messages messages;
  private final Attachments attachments;
  private final Conversations conversations;
  private final InboundMails mails;
  private final Events events;
  private final Clock clock;

  Ingest(
      Messages messages,
      Attachments attachments,
      Conversations conversations,
      InboundMails mails,
      Events events,
      Clock clock) {
    this.messages = messages;
    this.attachments = attachments;
    this.conversations = conversations;
    this.mails = mails;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Stores a mail as a message, in the transaction of the caller.
   *
   * @param inboundMail the row that records it
   * @return the id of the message
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public UUID store(IncomingMail mail, UUID inboundMail, ParsedMail parsed, Content content) {
    Account account = mail.account();
    MailHeaders headers = parsed.headers();
    EmailAddress sender = headers.from().map(NamedAddress::address).orElse(null);
    UUID conversation =
        conversations.ofInbound(account.agent(), sender, referred(headers), headers.subject());
    Message message = message(account, conversation, parsed);
    messages.store(message);
    int position = 0;
    for (Attachment file : content.attachments()) {
      attachments.store(of(message, file), position++);
    }
    mails.became(inboundMail, message.id());
    tell(account, message, content, headers);
    return message.id();
  }

  private Message message(Account account, UUID conversation, ParsedMail parsed) {
    MailHeaders headers = parsed.headers();
    return new Message(
        Ids.next(),
        account.organization(),
        conversation,
        account.endpoint(),
        Direction.INBOUND,
        headers.from().map(from -> from.address().value()).orElseGet(headers::fromName),
        headers.from().map(NamedAddress::name).filter(name -> !name.isEmpty()).orElse(null),
        addresses(headers.to()),
        addresses(headers.cc()),
        headers.replyTo().stream().findFirst().map(a -> a.address().value()).orElse(null),
        headers.subject(),
        parsed.text(),
        parsed.html().orElse(null),
        headers.messageId().orElse(null),
        headers.inReplyTo().orElse(null),
        headers.references(),
        bounded(headers.fields()),
        Map.of(),
        headers.date().orElse(null),
        Times.now(clock));
  }

  /** The nearest first. */
  private static List<MessageId> referred(MailHeaders headers) {
    Set<MessageId> ids = new LinkedHashSet<>();
    headers.inReplyTo().ifPresent(ids::add);
    List<MessageId> references = new ArrayList<>(headers.references());
    Collections.reverse(references);
    ids.addAll(references);
    return List.copyOf(ids);
  }

  private static List<String> addresses(List<NamedAddress> named) {
    return named.stream().map(address -> address.address().value()).toList();
  }

  private static List<HeaderField> bounded(List<HeaderField> fields) {
    List<HeaderField> kept = new ArrayList<>();
    int characters = 0;
    for (HeaderField field : fields) {
      characters += field.name().length() + field.value().length();
      if (characters > MOST_HEADER_CHARACTERS) {
        break;
      }
      kept.add(field);
    }
    return kept;
  }

  private static Attachment of(Message message, Attachment file) {
    return new Attachment(
        file.id(),
        file.organization(),
        message.id(),
        file.name(),
        file.contentType(),
        file.inline(),
        file.contentId(),
        file.size(),
        file.sha256(),
        file.rejected());
  }

  private void tell(Account account, Message message, Content content, MailHeaders headers) {
    Map<String, @Nullable Object> data = new HashMap<>();
    data.put("conversationId", message.conversation());
    data.put("from", message.from());
    data.put("fromName", message.fromName());
    data.put("to", message.to());
    data.put("subject", message.subject());
    data.put("authentication", AuthenticationResults.of(headers).word());
    data.put("autoSubmitted", InboundMails.autoSubmitted(headers));
    data.put("attachments", content.attachments().size());
    events.record(
        EventType.MESSAGE_RECEIVED,
        account.organization(),
        message.id(),
        account.id().value(),
        data);
  }
}
