package org.byoemail.format.calendar;

import java.time.Instant;
import java.util.Optional;
import org.byoemail.format.mail.EmailAddress;

/**
 * What a mail of a calendar is about (RFC 5545, RFC 5546): an invitation, a change, a cancellation,
 * or the answer to one. Only the first event of the part is read; the part itself is among the
 * attachments.
 *
 * @param method in upper case, such as REQUEST, CANCEL or REPLY
 * @param uid identifies the event in all mails about it
 * @param sequence which version of the event it is
 * @param organizer who invites
 * @param start empty if it is missing or of an unknown form
 * @param end when it ends; computed from the duration if the event has one instead
 * @param allDay whether start and end are days: their instants are then midnight in UTC
 * @param recurring whether it is repeated; start and end refer to the first time
 */
public record Invitation(
    String method,
    String uid,
    int sequence,
    String summary,
    String location,
    Optional<EmailAddress> organizer,
    Optional<Instant> start,
    Optional<Instant> end,
    boolean allDay,
    boolean recurring) {
  private static final int MAX_TEXT = 1_000;

  /** UID, summary and location are cut after 1,000 chars. */
  public Invitation {
    uid = bounded(uid);
    summary = bounded(summary);
    location = bounded(location);
  }

  /**
   * The first event, or task, of a calendar; empty if it has none, or no method.
   *
   * @param method what the part that holds it says its method is, for one that does not say
   */
  public static Optional<Invitation> read(String calendar, String method) {
    return CalendarEvent.read(calendar, method);
  }

  private static String bounded(String text) {
    return text.substring(0, Math.min(text.length(), MAX_TEXT));
  }
}
