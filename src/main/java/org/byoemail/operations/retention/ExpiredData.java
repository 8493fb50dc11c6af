package org.byoemail.operations.retention;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.mailbox.InboundMailCleanup;
import org.byoemail.outbound.bounce.BounceCleanup;
import org.byoemail.outbound.delivery.OutboundMessageCleanup;
import org.byoemail.outbound.draft.DraftCleanup;
import org.byoemail.outbound.sentfolder.SentCopyCleanup;
import org.byoemail.platform.conversation.MessageCleanup;
import org.byoemail.platform.event.EventCleanup;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Deletes batches of data after their retention period, in the caller's transaction. Thread-safe.
 */
@Component
class ExpiredData {
  private static final int MESSAGES = 200;
  private static final int EVENTS = 500;
  private static final String FILE_GONE = "it was kept for its time and deleted";

  private final MessageCleanup messages;
  private final OutboundMessageCleanup outbound;
  private final BounceCleanup bounces;
  private final SentCopyCleanup copies;
  private final InboundMailCleanup inbound;
  private final EventCleanup events;
  private final DraftCleanup drafts;

  ExpiredData(
      MessageCleanup messages,
      OutboundMessageCleanup outbound,
      BounceCleanup bounces,
      SentCopyCleanup copies,
      InboundMailCleanup inbound,
      EventCleanup events,
      DraftCleanup drafts) {
    this.messages = messages;
    this.outbound = outbound;
    this.bounces = bounces;
    this.copies = copies;
    this.inbound = inbound;
    this.events = events;
    this.drafts = drafts;
  }

  /**
   * The result of a step.
   *
   * @param next where the next step continues; null if that does not matter
   * @param isLast whether nothing is left
   */
  record Step(int deleted, @Nullable UUID next, boolean isLast) {
    /** Another node is deleting. */
    static final Step NONE = new Step(0, null, false);

    static Step of(int deleted, int most) {
      return new Step(deleted, null, deleted < most);
    }
  }

  Set<OrganizationId> organizations() {
    Set<OrganizationId> all = new TreeSet<>(messages.organizations());
    all.addAll(events.organizations());
    all.addAll(drafts.organizations());
    return all;
  }

  Step deleteMessages(OrganizationId organization, Instant before, UUID after) {
    List<StoredMessageId> found = messages.before(organization, before, after, MESSAGES);
    return new Step(delete(found), last(found), found.size() < MESSAGES);
  }

  Step deleteDrafts(OrganizationId organization, Instant before) {
    return Step.of(drafts.deleteBefore(organization, before, MESSAGES), MESSAGES);
  }

  /** Deletes the drafts that name an address, given in lower case; returns how many. */
  int deleteDraftsNaming(OrganizationId organization, String address) {
    return drafts.deleteNaming(organization, address);
  }

  /**
   * Deletes those messages that may be deleted, with all of their data.
   *
   * @return how many
   */
  int delete(Collection<StoredMessageId> found) {
    Set<StoredMessageId> deletable = outbound.lockDeletable(found);
    if (deletable.isEmpty()) {
      return 0;
    }
    inbound.strip(deletable);
    bounces.delete(deletable);
    copies.delete(deletable);
    outbound.delete(deletable);
    events.forget(deletable.stream().map(StoredMessageId::value).toList());
    return messages.delete(deletable);
  }

  Step deleteEvents(OrganizationId organization, Instant before) {
    return Step.of(events.deleteBefore(organization, before, EVENTS), EVENTS);
  }

  Step dropFiles(OrganizationId organization, Instant before, UUID after) {
    List<StoredMessageId> found = messages.before(organization, before, after, MESSAGES);
    return new Step(messages.dropFiles(found, FILE_GONE), last(found), found.size() < MESSAGES);
  }

  Step dropRawMail(OrganizationId organization, Instant before, UUID after) {
    List<StoredMessageId> found = messages.before(organization, before, after, MESSAGES);
    int dropped = inbound.dropRaw(found);
    int others = inbound.dropRawOfOthers(organization, before, MESSAGES);
    return new Step(dropped + others, last(found), found.size() < MESSAGES && others < MESSAGES);
  }

  Step endQuarantine(OrganizationId organization, Instant before) {
    return Step.of(inbound.endQuarantine(organization, before, MESSAGES), MESSAGES);
  }

  private static @Nullable UUID last(List<StoredMessageId> found) {
    return found.isEmpty() ? null : found.get(found.size() - 1).value();
  }
}
