package org.byoemail.inbound.ingest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Message;
import org.springframework.stereotype.Component;

/** Stores facts about new messages, in the caller's transaction. */
@Component
class MessageFacts {
  private final CalendarInvitations invitations;
  private final Screenings screenings;

  MessageFacts(CalendarInvitations invitations, Screenings screenings) {
    this.invitations = invitations;
    this.screenings = screenings;
  }

  /**
   * Stores invitations and screenings.
   *
   * @param messages of the items, in the same order
   */
  void store(List<IngestItem> items, List<Message> messages) {
    Map<StoredMessageId, Invitation> invited = new HashMap<>();
    Map<StoredMessageId, Screening> screened = new HashMap<>();
    for (int i = 0; i < messages.size(); i++) {
      StoredMessageId message = messages.get(i).id();
      items.get(i).parsed().invitation().ifPresent(one -> invited.put(message, one));
      screened.put(message, items.get(i).screening());
    }
    invitations.store(invited);
    screenings.store(screened);
  }
}
