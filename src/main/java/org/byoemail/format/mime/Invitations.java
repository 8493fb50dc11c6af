package org.byoemail.format.mime;

import java.util.Optional;
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
    // An invitation that was forwarded as a mail is not meant.
    if (root.is("message/*")) {
      return Optional.empty();
    }
    Optional<Invitation> found = of(root);
    for (int i = 0; i < root.children().size() && found.isEmpty(); i++) {
      MimePart child = root.children().get(i);
      // TNEF within TNEF is such a mail.
      if (!root.isTnef() || !child.isTnef()) {
        found = in(child);
      }
    }
    return found;
  }

  private static Optional<Invitation> of(MimePart part) {
    if (part.is("text/calendar") || part.is("application/ics")) {
      return Invitation.read(part.text(MAX_BYTES), part.parameter("method"));
    }
    return part.isTnef()
        ? Tnef.read(ByteSlice.of(part.bytes())).flatMap(Tnef::invitation)
        : Optional.empty();
  }
}
