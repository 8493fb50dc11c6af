package org.byoemail.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.ingest.Inbox;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.inbound.ingest.InboxFilter;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.composition.ComposedMail;
import org.byoemail.outbound.composition.StoredMails;
import org.byoemail.outbound.delivery.SubmissionIds;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.outbound.outbox.OutboxFilter;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads messages of both directions; a caller sees messages of its own organisation only. */
@Component
class MessageReader {
  /** The excerpts of both texts, the header, and the text without quotations. */
  static final long MESSAGE_BYTES = 2 << 20;

  private static final Pattern UUID_FORM =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private final Outbox outbox;
  private final Inbox inbox;
  private final Messages messages;
  private final SubmissionIds submissions;
  private final StoredMails mails;
  private final ResponseBudget budget;
  private final MessageResponses responses;

  MessageReader(
      Outbox outbox,
      Inbox inbox,
      Messages messages,
      SubmissionIds submissions,
      StoredMails mails,
      ResponseBudget budget,
      MessageResponses responses) {
    this.outbox = outbox;
    this.inbox = inbox;
    this.messages = messages;
    this.submissions = submissions;
    this.mails = mails;
    this.budget = budget;
    this.responses = responses;
  }

  /** An item of the list with its cursor. */
  record Item(UUID cursor, MessageEntry entry) {}

  /** Messages of both directions, the newest first. */
  List<Item> list(MessageFilter filter) {
    List<Item> items = new ArrayList<>();
    OutboxFilter outbound = filter.outbound();
    if (outbound != null) {
      outbox
          .list(outbound)
          .forEach(one -> items.add(new Item(one.messageId().value(), MessageEntry.of(one))));
    }
    InboxFilter inbound = filter.inbound();
    if (inbound != null) {
      inbox
          .list(inbound, filter.limit())
          .forEach(one -> items.add(new Item(one.id(), MessageEntry.of(one))));
    }
    // As text: Java compares the halves of a UUID as signed numbers, PostgreSQL as unsigned ones.
    items.sort(Comparator.comparing((Item item) -> item.cursor().toString()).reversed());
    List<Item> page = items.size() > filter.limit() ? items.subList(0, filter.limit()) : items;
    List<MessageEntry> entries = labelled(page.stream().map(Item::entry).toList());
    List<Item> labelled = new ArrayList<>();
    for (int i = 0; i < page.size(); i++) {
      labelled.add(new Item(page.get(i).cursor(), entries.get(i)));
    }
    return labelled;
  }

  /** The same with their labels. */
  List<MessageEntry> labelled(List<MessageEntry> entries) {
    Map<UUID, List<String>> labels =
        responses.labels(entries.stream().map(MessageEntry::id).toList());
    return entries.stream().map(one -> one.with(labels.getOrDefault(one.id(), List.of()))).toList();
  }

  /** Whether the caller may see a message of that id. */
  boolean sees(Caller caller, UUID id) {
    return outbound(caller, id).isPresent() || mail(caller, id).isPresent();
  }

  /**
   * Reads the message or unprocessed inbound mail with the id, or else the message of the
   * submission with the id. A message's own id has precedence, so that no submission can hide a
   * message.
   *
   * @param organization of the submission; null for the caller's
   * @throws FieldsRefused if the id is not a UUID, and the caller sees every organisation and names
   *     none
   */
  MessageResponse read(Caller caller, String id, @Nullable OrganizationId organization) {
    budget.take(MESSAGE_BYTES);
    UUID ours = uuid(id);
    if (ours == null && organization == null) {
      throw new FieldsRefused(
          "organization",
          "is required with the id of a submission if the key sees every organization");
    }
    return Optional.ofNullable(ours)
        .flatMap(message -> find(caller, message))
        .or(
            () ->
                Optional.ofNullable(organization)
                    .flatMap(owner -> submissions.message(owner, id))
                    .flatMap(message -> find(caller, message.value())))
        .orElseThrow(() -> new ResourceNotFound("message"));
  }

  /**
   * Reads the message as {@link #read} does, for a response that has reserved its memory and writes
   * one message after another.
   */
  MessageResponse readNext(Caller caller, UUID id) {
    return find(caller, id).orElseThrow(() -> new ResourceNotFound("message"));
  }

  /** The canonical form: {@code UUID.fromString} also accepts shorter forms. */
  private static @Nullable UUID uuid(String id) {
    return UUID_FORM.matcher(id).matches() ? UUID.fromString(id) : null;
  }

  private Optional<MessageResponse> find(Caller caller, UUID id) {
    return outbound(caller, id)
        .<MessageResponse>map(details -> responses.outbound(details, caller.organization() == null))
        .or(
            () ->
                mail(caller, id)
                    .map(
                        mail ->
                            messages
                                .excerpt(new StoredMessageId(id))
                                .<MessageResponse>map(message -> responses.inbound(message, mail))
                                .orElseGet(() -> InboundMailResponse.of(mail))));
  }

  /** Why the message, or inbound mail, of that id is where it is. */
  MessageWhy why(Caller caller, UUID id) {
    budget.take(MESSAGE_BYTES);
    return outbound(caller, id)
        .map(
            details ->
                responses.why(
                    details, outbox.gates(details.message()), caller.organization() == null))
        .or(() -> mail(caller, id).map(mail -> MessageWhy.of(id, mail)))
        .orElseThrow(() -> new ResourceNotFound("message"));
  }

  /** The raw mail of that id; its size is -1 if unknown. */
  ComposedMail raw(Caller caller, UUID id) {
    if (outbound(caller, id).isPresent()) {
      StoredMessageId message = new StoredMessageId(id);
      return budget
          .during(mails.memory(message), () -> mails.compose(message))
          .orElseThrow(() -> new ResourceNotFound("message"));
    }
    InboxEntry mail = mail(caller, id).orElseThrow(() -> new ResourceNotFound("message"));
    return inbox
        .raw(mail)
        .map(stored -> new ComposedMail(stored, -1))
        .orElseThrow(() -> new ResourceNotFound("raw mail: it is not stored"));
  }

  /** The outbound message of that id; empty unless the caller may see it. */
  Optional<OutboundDetails> outbound(Caller caller, UUID id) {
    return outbox
        .story(new StoredMessageId(id))
        .filter(found -> caller.sees(found.message().organization()))
        .filter(found -> messages.isWithin(caller.scope(), found.message().id()));
  }

  /**
   * The inbound mail with this id, or of the message with this id; empty unless the caller may see
   * it.
   */
  Optional<InboxEntry> mail(Caller caller, UUID id) {
    StoredMessageId message = new StoredMessageId(id);
    return messages
        .organizationOf(message)
        .filter(caller::sees)
        .flatMap(owner -> inbox.ofMessage(message))
        .or(() -> inbox.find(caller.organization(), id))
        .filter(mail -> !mail.isWithheld())
        .filter(mail -> inbox.isWithin(caller.scope(), mail));
  }
}
