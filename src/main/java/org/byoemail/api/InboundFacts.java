package org.byoemail.api;

import org.byoemail.format.calendar.Invitation;
import org.byoemail.inbound.ingest.CalendarInvitations;
import org.byoemail.inbound.ingest.Screening;
import org.byoemail.inbound.ingest.Screenings;
import org.byoemail.inbound.ingest.UnquotedTexts;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What was found in inbound messages. Thread-safe. */
@Component
class InboundFacts {
  private final UnquotedTexts texts;
  private final CalendarInvitations invitations;
  private final Screenings screenings;

  InboundFacts(UnquotedTexts texts, CalendarInvitations invitations, Screenings screenings) {
    this.texts = texts;
    this.invitations = invitations;
    this.screenings = screenings;
  }

  /** The text without quotations; null if switched off. */
  @Nullable String newText(Message message) {
    return texts.of(message);
  }

  @Nullable Invitation invitation(Message message) {
    return invitations.ofMessage(message.id()).orElse(null);
  }

  Screening screening(Message message) {
    return screenings.ofMessage(message.id());
  }
}
