package org.byoemail.operations.retention;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.mailbox.InboundMailCleanup;
import org.byoemail.outbound.bounce.BounceCleanup;
import org.byoemail.outbound.submission.RejectedSubmissions;
import org.byoemail.outbound.suppression.SuppressionCleanup;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.MessageCleanup;
import org.byoemail.platform.conversation.SearchPage;
import org.byoemail.platform.event.EventCleanup;
import org.springframework.stereotype.Component;

/**
 * Finds and deletes batches of personal data by an address in lower case, in the caller's
 * transaction. Thread-safe.
 */
@Component
class PersonalData {
  private static final int MESSAGES = 200;
  private static final int MAILS = 2000;
  private static final int EVENTS = 1000;

  private final MessageCleanup messages;
  private final InboundMailCleanup inbound;
  private final BounceCleanup bounces;
  private final EventCleanup events;
  private final SuppressionCleanup suppressions;
  private final RejectedSubmissions rejected;
  private final ContentStore contents;

  PersonalData(
      MessageCleanup messages,
      InboundMailCleanup inbound,
      BounceCleanup bounces,
      EventCleanup events,
      SuppressionCleanup suppressions,
      RejectedSubmissions rejected,
      ContentStore contents) {
    this.messages = messages;
    this.inbound = inbound;
    this.bounces = bounces;
    this.events = events;
    this.suppressions = suppressions;
    this.rejected = rejected;
    this.contents = contents;
  }

  SearchPage messages(OrganizationId organization, String address, UUID after) {
    return messages.of(organization, address, after, MESSAGES);
  }

  List<String> rawContents(Collection<StoredMessageId> ofMessages) {
    return inbound.rawContents(ofMessages);
  }

  SearchPage mails(OrganizationId organization, String address, UUID after) {
    return inbound.of(organization, address, after, MAILS);
  }

  void stripMails(Collection<UUID> mails) {
    removeRaw(inbound.stripOthers(mails));
  }

  /**
   * Copies the remaining mails of shared contents to new contents, and marks the old ones for
   * removal.
   */
  void removeRaw(Collection<String> names) {
    names.forEach(name -> inbound.repack(name, contents));
    messages.mayBeUnused(names);
  }

  EventCleanup.Erased events(OrganizationId organization, String address, long after) {
    return events.erase(organization, address, after, EVENTS);
  }

  boolean hasUnpublishedEvents(OrganizationId organization, String address) {
    return events.areUnpublished(organization, address);
  }

  int bounces(OrganizationId organization, String address) {
    return bounces.deleteAbout(organization, address);
  }

  int suppressions(OrganizationId organization, String address) {
    return suppressions.delete(organization, address);
  }

  int rejectedSubmissions(OrganizationId organization, String address) {
    return rejected.deleteNaming(organization, address);
  }
}
