package org.byoemail.operations.retention;

import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.bounce.Bounce;
import org.byoemail.outbound.bounce.Bounces;
import org.byoemail.outbound.draft.Draft;
import org.byoemail.outbound.draft.DraftCleanup;
import org.byoemail.outbound.submission.RejectedSubmission;
import org.byoemail.outbound.submission.RejectedSubmissions;
import org.byoemail.outbound.suppression.Suppression;
import org.byoemail.outbound.suppression.Suppressions;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.NumberedEvents;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Rows other than mail that contain an address, given in lower case. Thread-safe. */
@Component
class AddressRows {
  private static final int EVENTS = 1000;
  private static final int ROWS = 100;

  private final NumberedEvents events;
  private final Bounces bounces;
  private final Suppressions suppressions;
  private final RejectedSubmissions rejected;
  private final DraftCleanup drafts;

  AddressRows(
      NumberedEvents events,
      Bounces bounces,
      Suppressions suppressions,
      RejectedSubmissions rejected,
      DraftCleanup drafts) {
    this.events = events;
    this.bounces = bounces;
    this.suppressions = suppressions;
    this.rejected = rejected;
    this.drafts = drafts;
  }

  /**
   * Some events.
   *
   * @param next where to continue; null at the end
   */
  record Events(List<UUID> found, @Nullable Long next) {}

  Events events(OrganizationId organization, String address, long after) {
    NumberedEvents.Look look = events.mentioning(organization, address, after, EVENTS);
    return new Events(look.found(), look.next());
  }

  List<Event> event(UUID id) {
    return events.find(List.of(id));
  }

  List<Bounce> bounces(OrganizationId organization, String address, UUID after) {
    return bounces.about(organization, address, after, ROWS);
  }

  List<Suppression> suppressions(OrganizationId organization, String address) {
    return suppressions.stored(organization, address);
  }

  List<Draft> drafts(OrganizationId organization, String address, UUID after) {
    return drafts.naming(organization, address, after, ROWS);
  }

  List<UUID> rejected(OrganizationId organization, String address, UUID after) {
    return rejected.naming(organization, address, after, ROWS);
  }

  @Nullable RejectedSubmission rejected(UUID id) {
    return rejected.find(id).orElse(null);
  }
}
