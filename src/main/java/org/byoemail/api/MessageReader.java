package org.byoemail.api;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.access.Caller;
import org.byoemail.account.Accounts;
import org.byoemail.bounce.Bounces;
import org.byoemail.composition.Composer;
import org.byoemail.conversation.Attachments;
import org.byoemail.conversation.Message;
import org.byoemail.conversation.Messages;
import org.byoemail.inbound.CalendarInvitations;
import org.byoemail.inbound.Inbox;
import org.byoemail.inbound.InboxFilter;
import org.byoemail.inbound.InboxItem;
import org.byoemail.inbound.NewTexts;
import org.byoemail.outbox.OutboundStory;
import org.byoemail.outbox.Outbox;
import org.byoemail.outbox.OutboxFilter;
import org.springframework.stereotype.Component;

/** Finds messages of both directions, for a caller who sees its own organisation's only. */
@Component
class MessageReader {
  private final Outbox outbox;
  private final Inbox inbox;
  private final Messages messages;
  private final Attachments attachments;
  private final Accounts accounts;
  private final Composer composer;
  private final Bounces bounces;
  private final CalendarInvitations invitations;
  private final NewTexts texts;

  MessageReader(
      Outbox outbox,
      Inbox inbox,
      Messages messages,
      Attachments attachments,
      Accounts accounts,
      Composer composer,
      Bounces bounces,
      CalendarInvitations invitations,
      NewTexts texts) {
    this.texts = texts;
    this.invitations = invitations;
    this.bounces = bounces;
    this.outbox = outbox;
    this.inbox = inbox;
    this.messages = messages;
    this.attachments = attachments;
    this.accounts = accounts;
    this.composer = composer;
  }

  /** A line with the id that a list goes on behind. */
  record Line(UUID cursor, MessageJson.Entry entry) {}

  /** The newest first, both directions among one another. */
  List<Line> list(MessageFilter filter) {
    List<Line> lines = new ArrayList<>();
    OutboxFilter outbound = filter.outbound();
    if (outbound != null) {
      outbox
          .list(outbound)
          .forEach(one -> lines.add(new Line(one.messageId(), MessageJson.Entry.of(one))));
    }
    InboxFilter inbound = filter.inbound();
    if (inbound != null) {
      inbox
          .list(inbound, filter.limit())
          .forEach(one -> lines.add(new Line(one.id(), MessageJson.Entry.of(one))));
    }
    // As text, because Java compares the halves of a UUID with their sign, and PostgreSQL does not.
    lines.sort(Comparator.comparing((Line line) -> line.cursor().toString()).reversed());
    return lines.size() > filter.limit() ? lines.subList(0, filter.limit()) : lines;
  }

  /** The message, or the inbound mail that became none, of that id. */
  Object show(Caller caller, UUID id) {
    Optional<OutboundStory> story = story(caller, id);
    if (story.isPresent()) {
      return OutboundJson.of(
          story.get(),
          accounts
              .ofEndpoint(story.get().message().endpoint())
              .map(account -> account.id().value())
              .orElse(null),
          bounces.ofMessage(id));
    }
    InboxItem item = mail(caller, id);
    return messages
        .find(id)
        .<Object>map(
            message ->
                InboundJson.of(
                    message,
                    attachments.ofMessage(id),
                    item,
                    texts.of(message),
                    invitations.ofMessage(id).orElse(null)))
        .orElseGet(() -> InboundJson.Bare.of(item));
  }

  /** The raw mail of that id. */
  InputStream raw(Caller caller, UUID id) {
    return story(caller, id)
        .<InputStream>map(
            story ->
                new ByteArrayInputStream(composer.render(story.message(), story.attachments())))
        .or(() -> inbox.raw(mail(caller, id)))
        .orElseThrow(() -> new NotThere("raw mail: none was kept"));
  }

  /** The outbound message of that id. */
  Optional<OutboundStory> story(Caller caller, UUID id) {
    return outbox.story(id).filter(story -> caller.sees(story.message().organization()));
  }

  private InboxItem mail(Caller caller, UUID id) {
    return messages
        .find(id)
        .map(Message::organization)
        .filter(caller::sees)
        .flatMap(owner -> inbox.ofMessage(id))
        .or(() -> inbox.find(caller.organization(), id))
        .orElseThrow(() -> new NotThere("message"));
  }
}
