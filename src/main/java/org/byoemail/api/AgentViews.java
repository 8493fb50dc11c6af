package org.byoemail.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.byoemail.api.MessageView.AttachmentView;
import org.byoemail.api.MessageView.ConversationView;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.ingest.Inbox;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.inbound.ingest.UnquotedTexts;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.AttachmentReader.Start;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Conversation;
import org.byoemail.platform.conversation.Conversations;
import org.byoemail.platform.conversation.Direction;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Messages and conversations as an agent reads them: bounded, the new text of each message, never
 * HTML, and no mail that is held for review. Thread-safe.
 */
@Component
class AgentViews {
  /** The first characters of a message's text; the whole is at {@code /messages/{id}}. */
  static final int DEFAULT_CHARACTERS = 20_000;

  static final int MIN_CHARACTERS = 1_000;
  static final int MAX_CHARACTERS = 100_000;

  private static final int MAX_PAGE = 50;
  private static final int MAX_TO = 100;
  private static final int MAX_ATTACHMENTS = 50;
  private static final int MAX_ATTACHMENT_TEXT = 10_000;

  /** Texts are read one after the other, each from the content store. */
  private static final int MAX_ATTACHMENT_TEXTS = 10;

  /** Each document takes a process of its own. */
  private static final int MAX_DOCUMENT_TEXTS = 2;

  private final Conversations conversations;
  private final Messages messages;
  private final Attachments attachments;
  private final AttachmentTexts files;
  private final Inbox inbox;
  private final UnquotedTexts texts;
  private final ResponseBudget budget;

  AgentViews(
      Conversations conversations,
      Messages messages,
      Attachments attachments,
      AttachmentTexts files,
      Inbox inbox,
      UnquotedTexts texts,
      ResponseBudget budget) {
    this.conversations = conversations;
    this.messages = messages;
    this.attachments = attachments;
    this.files = files;
    this.inbox = inbox;
    this.texts = texts;
    this.budget = budget;
  }

  /** How texts are written. */
  enum Format {
    TEXT(UnaryOperator.identity()),
    MARKDOWN(MarkdownText::of);

    private final UnaryOperator<String> writer;

    Format(UnaryOperator<String> writer) {
      this.writer = writer;
    }
  }

  /** How many characters and attachment texts a response may still have. */
  private static final class Room {
    private final Format format;
    private int characters;
    private int files = MAX_ATTACHMENT_TEXTS;
    private int documents = MAX_DOCUMENT_TEXTS;

    Room(Format format, int characters) {
      this.format = format;
      this.characters = characters;
    }
  }

  /**
   * A piece of a message, with its attachments if it is the first.
   *
   * @param from the index of the first character of its new text
   * @throws ResourceNotFound if the caller sees no such message, or it is an inbound mail that
   *     became no message
   */
  MessageView message(Caller caller, UUID id, Format format, int from, int characters) {
    budget.take(MessageReader.MESSAGE_BYTES);
    return seen(caller, id)
        .flatMap(found -> view(found, new Room(format, characters), from))
        .orElseThrow(() -> new ResourceNotFound("message"));
  }

  /**
   * The new text of a message alone, for what looks through many.
   *
   * @throws ResourceNotFound as {@link #message} does
   */
  String text(Caller caller, UUID id) {
    return budget.during(
        MessageReader.MESSAGE_BYTES,
        () ->
            seen(caller, id)
                .filter(one -> inbox.ofMessage(one.id()).filter(InboxEntry::isWithheld).isEmpty())
                .map(one -> Objects.requireNonNullElse(text(one), ""))
                .orElseThrow(() -> new ResourceNotFound("message")));
  }

  private Optional<Message> seen(Caller caller, UUID id) {
    StoredMessageId message = new StoredMessageId(id);
    return messages
        .organizationOf(message)
        .filter(caller::sees)
        .filter(owner -> messages.isWithin(caller.scope(), message))
        .flatMap(owner -> messages.excerpt(message));
  }

  /**
   * A page of a conversation, the oldest messages first: as many as fit into that many characters,
   * one at least.
   *
   * @param after the id of the message to start after; null: from the first
   * @throws ResourceNotFound if the caller sees no such conversation
   */
  ConversationView conversation(
      Caller caller, UUID id, Format format, @Nullable UUID after, int characters) {
    budget.take(MessageReader.MESSAGE_BYTES);
    Conversation found =
        conversations
            .find(caller.organization(), caller.scope(), new ConversationId(id))
            .orElseThrow(() -> new ResourceNotFound("conversation"));
    Messages.Plan page =
        messages.plan(
            found.id(),
            caller.scope(),
            StoredMessageId.ofNullable(after),
            MAX_PAGE,
            Long.MAX_VALUE);
    Room room = new Room(format, characters);
    List<MessageView> views = new ArrayList<>();
    StoredMessageId last = null;
    for (StoredMessageId one : page.ids()) {
      Optional<MessageView> view = messages.excerpt(one).flatMap(m -> view(m, room, 0));
      if (view.isPresent() && view.get().next() != null && !views.isEmpty()) {
        return new ConversationView(
            id, found.agent().value(), found.subject(), views, Objects.toString(last));
      }
      view.ifPresent(views::add);
      last = one;
      if (room.characters <= 0) {
        break;
      }
    }
    boolean isEnd =
        page.isLast() && (last == null || last.equals(page.ids().get(page.ids().size() - 1)));
    return new ConversationView(
        id, found.agent().value(), found.subject(), views, isEnd ? null : String.valueOf(last));
  }

  /** Empty for mail that is held for review, which no agent reads. */
  private Optional<MessageView> view(Message message, Room room, int from) {
    String verdict = null;
    if (message.direction() == Direction.INBOUND) {
      InboxEntry mail = inbox.ofMessage(message.id()).orElse(null);
      if (mail != null && mail.isWithheld()) {
        return Optional.empty();
      }
      verdict = mail == null || mail.judged() == null ? null : mail.judged().verdict();
    }
    String shown = text(message);
    String text = room.format.writer.apply(Objects.requireNonNullElse(shown, ""));
    int start = Math.min(from, text.length());
    int end = room.characters <= 0 ? start : TextTruncation.end(text, start, room.characters);
    room.characters -= end - start;
    List<Attachment> all = from == 0 ? attachments.ofMessage(message.id()) : List.of();
    List<AttachmentView> views =
        all.stream().limit(MAX_ATTACHMENTS).map(file -> view(file, room)).toList();
    return Optional.of(
        new MessageView(
            message.id().value(),
            message.conversation().value(),
            message.direction().word(),
            message.from(),
            message.fromName(),
            verdict,
            message.to().stream().limit(MAX_TO).toList(),
            message.subject(),
            message.createdAt(),
            text.substring(start, end),
            end < text.length() ? Integer.valueOf(end) : null,
            shown == null || StreamedText.isTruncated(message.text()),
            views,
            all.size() > views.size()));
  }

  /**
   * HTML that was submitted without text is shown as a browser would paint it; null if it is too
   * long to tell what of it is hidden.
   */
  private @Nullable String text(Message message) {
    String fresh = texts.of(message);
    if (fresh != null) {
      return fresh;
    }
    if (message.text() != null) {
      return message.text();
    }
    return message.html() == null ? "" : AttachmentTexts.visibleExcerpt(message.html());
  }

  private AttachmentView view(Attachment file, Room room) {
    Start text = null;
    if (room.files > 0 && room.characters > 0) {
      text = files.isDocument(file) ? document(file, room) : files.of(file);
    }
    if (text != null) {
      room.files--;
      text =
          AttachmentTexts.cut(
              new Start(room.format.writer.apply(text.text()), text.isWhole()),
              Math.min(room.characters, MAX_ATTACHMENT_TEXT));
      room.characters -= text.text().length();
    }
    return new AttachmentView(
        file.id(),
        file.name(),
        file.contentType(),
        file.size(),
        file.rejected(),
        text == null ? null : text.text(),
        text != null && !text.isWhole());
  }

  private @Nullable Start document(Attachment file, Room room) {
    return room.documents-- > 0 ? files.ofDocument(file) : null;
  }
}
