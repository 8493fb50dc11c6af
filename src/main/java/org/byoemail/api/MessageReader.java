package org.byoemail.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.access.AnswerBudget;
import org.byoemail.access.Caller;
import org.byoemail.account.Accounts;
import org.byoemail.bounce.Bounces;
import org.byoemail.composition.ComposedMail;
import org.byoemail.composition.StoredMails;
import org.byoemail.conversation.Attachments;
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
  /** The excerpts of both texts, the header, and what is new in the text. */
  private static final long ONE_MESSAGE = 2 << 20;

  private final Outbox outbox;
  private final Inbox inbox;
  private final Messages messages;
  private final Attachments attachments;
  private final Accounts accounts;
  private final StoredMails mails;
  private final AnswerBudget budget;
  private final Bounces bounces;
  private final CalendarInvitations invitations;
  private final NewTexts texts;

  MessageReader(
      Outbox outbox,
      Inbox inbox,
      Messages messages,
      Attachments attachments,
      Accounts accounts,
      StoredMails mails,
      AnswerBudget budget,
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
    this.mails = mails;
    this.budget = budget;
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
    budget.take(ONE_MESSAGE);
    Optional<OutboundStory> story = story(caller, id);
    if (story.isPresent()) {
      return OutboundJson.of(
          story.get(),
          accounts
              .ofEndpoint(story.get().message().endpoint())
              .map(account -> account.id().value())
              .orElse(null),
          bounces.ofMessage(id),
          messages::reader);
    }
    InboxItem item = mail(caller, id);
    return messages
        .excerpt(id)
        .<Object>map(
            message ->
                InboundJson.of(
                    message,
                    attachments.ofMessage(id),
                    item,
                    texts.of(message),
                    invitations.ofMessage(id).orElse(null),
                    messages::reader))
        .orElseGet(() -> InboundJson.Bare.of(item));
  }

  /** The raw mail of that id; its size is -1 where it is not known. */
  ComposedMail raw(Caller caller, UUID id) {
    if (story(caller, id).isPresent()) {
      return budget
          .during(mails.memory(id), () -> mails.compose(id))
          .orElseThrow(() -> new NotThere("message"));
    }
    return inbox
        .raw(mail(caller, id))
        .map(stored -> new ComposedMail(stored, -1))
        .orElseThrow(() -> new NotThere("raw mail: none was kept"));
  }

  /** The outbound message of that id. */
  Optional<OutboundStory> story(Caller caller, UUID id) {
    return outbox.story(id).filter(story -> caller.sees(story.message().organization()));
  }

  private InboxItem mail(Caller caller, UUID id) {
    return messages
        .organizationOf(id)
        .filter(caller::sees)
        .flatMap(owner -> inbox.ofMessage(id))
        .or(() -> inbox.find(caller.organization(), id))
        .orElseThrow(() -> new NotThere("message"));
  }
}
