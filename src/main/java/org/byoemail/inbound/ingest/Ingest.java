package org.byoemail.inbound.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Attachments.PositionedAttachment;
import org.byoemail.platform.conversation.ConversationThreading;
import org.byoemail.platform.conversation.Direction;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.byoemail.platform.conversation.ThreadingCandidate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Stores the outcome of mails: the rows that record them, and for those that are taken in a message
 * in its conversation, with attachments and event. All of a batch at once, in as many statements as
 * for one.
 */
@Component("ingest")
public class Ingest {
  private static final int MAX_HEADER_CHARACTERS = 256 << 10;

  private final Messages messages;
  private final Attachments attachments;
  private final ConversationThreading threading;
  private final InboundMails mails;
  private final InboundEvents events;
  private final MessageFacts facts;
  private final CrossFolderDuplicates otherFolders;

  Ingest(
      Messages messages,
      Attachments attachments,
      ConversationThreading threading,
      InboundMails mails,
      InboundEvents events,
      MessageFacts facts,
      CrossFolderDuplicates otherFolders) {
    this.otherFolders = otherFolders;
    this.facts = facts;
    this.messages = messages;
    this.attachments = attachments;
    this.threading = threading;
    this.mails = mails;
    this.events = events;
  }

  /**
   * Stores a batch, in the transaction of the caller, which has moved the cursor already. Mails
   * whose rows exist are left as they are; mails of which another copy was ingested since they were
   * decided on become duplicates.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void store(IngestBatch batch) {
    NewItems looked = fresh(batch);
    List<IngestItem> fresh = looked.intakes();
    otherFolders.settle(batch, fresh, looked.otherFolders(), looked.copied());
    DuplicateDetector.leaveOne(fresh);
    List<IngestItem> accepted =
        fresh.stream().filter(one -> one.becomes(InboundStatus.INGESTED)).toList();
    Map<UUID, StoredMessageId> ids = new HashMap<>();
    if (!accepted.isEmpty()) {
      List<Message> made = messages(batch.account(), accepted, looked.now());
      messages.storeAll(made);
      attachments.storeAll(files(accepted, made));
      for (int i = 0; i < made.size(); i++) {
        ids.put(accepted.get(i).id(), made.get(i).id());
      }
      facts.store(accepted, made);
      events.received(accepted, made);
    }
    if (batch.isRetry()) {
      Set<UUID> unannounced = mails.notAnnouncedAsHeld(batch);
      fresh.forEach(intake -> mails.change(intake, ids.get(intake.id())));
      events.held(
          batch.recorded(InboundStatus.HELD).stream()
              .filter(one -> unannounced.contains(one.id()))
              .toList());
    } else {
      List<IngestItem> tooMany = mails.refuseTooManyHeld(fresh);
      mails.record(fresh, ids);
      events.notHeld(tooMany);
      events.quarantined(batch.recorded(InboundStatus.QUARANTINED));
      events.held(batch.recorded(InboundStatus.HELD));
    }
  }

  /**
   * What is still to be stored.
   *
   * @param otherFolders the other mailboxes of the account
   * @param copied whether copies of them may be recorded in their own mailbox
   * @param now by the database's clock
   */
  private record NewItems(
      List<IngestItem> intakes, List<MailboxId> otherFolders, boolean copied, Instant now) {}

  private NewItems fresh(IngestBatch batch) {
    if (batch.isRetry()) {
      InboundMails.Existing<UUID> waiting = mails.lockQuarantined(batch);
      return new NewItems(
          batch.all().stream().filter(one -> waiting.mails().contains(one.id())).toList(),
          waiting.otherFolders(),
          waiting.copied(),
          waiting.now());
    }
    InboundMails.Existing<Long> present = mails.present(batch);
    return new NewItems(
        batch.all().stream().filter(one -> !present.mails().contains(one.mail().uid())).toList(),
        present.otherFolders(),
        present.copied(),
        present.now());
  }

  private List<Message> messages(Account account, List<IngestItem> accepted, Instant now) {
    Map<UUID, ConversationId> conversations = new HashMap<>();
    // In the order of the agents' ids, so that no two transactions wait for each other.
    Map<UUID, List<IngestItem>> byAgent = new TreeMap<>();
    for (IngestItem item : accepted) {
      byAgent
          .computeIfAbsent(item.destination().agent().value(), any -> new ArrayList<>())
          .add(item);
    }
    byAgent.forEach(
        (agent, items) -> {
          List<ConversationId> placed =
              threading.place(new AgentId(agent), items.stream().map(Ingest::candidate).toList());
          for (int i = 0; i < items.size(); i++) {
            conversations.put(items.get(i).id(), placed.get(i));
          }
        });
    return accepted.stream()
        .map(item -> message(account, item, conversations.get(item.id()), now))
        .toList();
  }

  private static ThreadingCandidate candidate(IngestItem item) {
    MailHeaders headers = item.parsed().headers();
    return new ThreadingCandidate(
        // What only claims to be a contact's joins no conversation of the contact.
        item.isOfStranger() ? null : headers.from().map(NamedAddress::address).orElse(null),
        headers.messageId().orElse(null),
        referred(headers),
        headers.subject());
  }

  private static List<PositionedAttachment> files(List<IngestItem> accepted, List<Message> made) {
    List<PositionedAttachment> files = new ArrayList<>();
    for (int i = 0; i < made.size(); i++) {
      int position = 0;
      for (Attachment file : accepted.get(i).content().attachments()) {
        files.add(new PositionedAttachment(of(made.get(i), file), position++));
      }
    }
    return files;
  }

  private static Message message(
      Account account, IngestItem item, ConversationId conversation, Instant now) {
    ParsedMail parsed = item.parsed();
    MailHeaders headers = parsed.headers();
    return new Message(
        StoredMessageId.next(),
        account.organization(),
        conversation,
        item.destination().endpoint(),
        Direction.INBOUND,
        headers.from().map(from -> from.address().mailbox()).orElseGet(headers::fromName),
        headers.from().map(NamedAddress::name).filter(name -> !name.isEmpty()).orElse(null),
        addresses(headers.to()),
        addresses(headers.cc()),
        headers.replyTo().stream().findFirst().map(a -> a.address().written()).orElse(null),
        headers.subject(),
        parsed.text(),
        parsed.html().orElse(null),
        headers.messageId().orElse(null),
        headers.inReplyTo().orElse(null),
        headers.references(),
        bounded(headers.fields()),
        item.metadata(),
        headers.date().orElse(null),
        now);
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
    return named.stream().map(address -> address.address().written()).toList();
  }

  private static List<HeaderField> bounded(List<HeaderField> fields) {
    List<HeaderField> kept = new ArrayList<>();
    int characters = 0;
    for (HeaderField field : fields) {
      characters += field.name().length() + field.value().length();
      if (characters > MAX_HEADER_CHARACTERS) {
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
}
