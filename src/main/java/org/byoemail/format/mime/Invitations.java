package org.byoemail.format.mime;

import java.util.Optional;
import java.util.stream.Stream;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.mail.ByteSlice;
import org.byoemail.format.tnef.Tnef;

/**
 * Finds the invitation in a mail: the first part that is a calendar with a method (RFC 6047), or
 * what Outlook sends instead.
 */
final class Invitations {
  private static final int MAX_BYTES = 1 << 20;

  private Invitations() {}

  static Optional<Invitation> in(MimePart root) {
    return parts(root).flatMap(part -> of(part).stream()).findFirst();
  }

  private static Optional<Invitation> of(MimePart part) {
    if (part.is("text/calendar") || part.is("application/ics")) {
      return Invitation.read(part.text(MAX_BYTES), part.parameter("method"));
    }
    return part.isTnef()
        ? Tnef.read(ByteSlice.of(part.bytes())).flatMap(Tnef::invitation)
        : Optional.empty();
  }

  /** The parts of the mail itself: an invitation that was forwarded as a mail is not meant. */
  private static Stream<MimePart> parts(MimePart part) {
    if (part.is("message/*")) {
      return Stream.empty();
    }
    // TNEF within TNEF is such a mail.
    Stream<MimePart> own =
        part.children().stream().filter(child -> !part.isTnef() || !child.isTnef());
    return Stream.concat(Stream.of(part), own.flatMap(Invitations::parts));
  }
}
