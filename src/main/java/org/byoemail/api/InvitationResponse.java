package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/** The invitation in the calendar of a mail (RFC 5546). */
@Schema(name = "Invitation")
record InvitationResponse(
    @Schema(description = "REQUEST, CANCEL, REPLY and others") String method,
    String uid,
    int sequence,
    String summary,
    String location,
    @Nullable String organizer,
    @Nullable Instant start,
    @Nullable Instant end,
    boolean allDay,
    boolean recurring) {

  static @Nullable InvitationResponse of(@Nullable Invitation invitation) {
    return invitation == null
        ? null
        : new InvitationResponse(
            invitation.method(),
            invitation.uid(),
            invitation.sequence(),
            invitation.summary(),
            invitation.location(),
            invitation.organizer().map(EmailAddress::value).orElse(null),
            invitation.start().orElse(null),
            invitation.end().orElse(null),
            invitation.allDay(),
            invitation.recurring());
  }
}
