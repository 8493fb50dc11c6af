package org.byoemail.console;

import java.util.Map;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.ingest.Inbox;
import org.byoemail.outbound.bounce.Bounces;
import org.byoemail.outbound.draft.Drafts;
import org.byoemail.outbound.outbox.DeadLetters;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Conversations;
import org.byoemail.platform.conversation.Messages;
import org.springframework.stereotype.Component;

/** Finds out which organisation mail belongs to. Safe for use by many threads. */
@Component
class MailRowAccess implements RowAccess {
  private final Inbox inbox;
  private final Messages messages;
  private final Attachments attachments;
  private final Conversations conversations;
  private final Drafts drafts;
  private final Bounces bounces;
  private final DeadLetters letters;

  MailRowAccess(
      Inbox inbox,
      Messages messages,
      Attachments attachments,
      Conversations conversations,
      Drafts drafts,
      Bounces bounces,
      DeadLetters letters) {
    this.inbox = inbox;
    this.messages = messages;
    this.attachments = attachments;
    this.conversations = conversations;
    this.drafts = drafts;
    this.bounces = bounces;
    this.letters = letters;
  }

  @Override
  public Map<String, BiPredicate<Caller, UUID>> byPath() {
    BiPredicate<Caller, UUID> received =
        (caller, id) -> inbox.find(caller.organization(), id).isPresent() || isMessage(caller, id);
    return Map.of(
        "inbox",
        received,
        "held",
        received,
        "quarantine",
        received,
        "outbox",
        this::isMessage,
        "messages",
        this::isMessage,
        "attachments",
        (caller, id) ->
            attachments.find(id).filter(file -> caller.sees(file.organization())).isPresent(),
        "conversations",
        (caller, id) ->
            conversations.find(caller.organization(), null, new ConversationId(id)).isPresent(),
        "drafts",
        (caller, id) -> drafts.find(new SubmissionSource(caller.organization()), id).isPresent(),
        "bounces",
        (caller, id) -> bounces.find(caller.organization(), null, id).isPresent(),
        "dead-letters",
        (caller, id) ->
            letters.find(id).map(letter -> letter.organization()).filter(caller::sees).isPresent());
  }

  private boolean isMessage(Caller caller, UUID id) {
    return messages.organizationOf(new StoredMessageId(id)).filter(caller::sees).isPresent();
  }
}
