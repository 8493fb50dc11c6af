package org.byoemail.format.mime;

import java.util.List;
import java.util.Optional;
import org.byoemail.format.calendar.Invitation;

/**
 * A mail as far as it could be read.
 *
 * @param headers who wrote what to whom; the getters are there
 * @param text the body for those who read text: its plain text, or its HTML turned into text
 * @param html the HTML body as it was sent: sanitise it before it is shown anywhere
 * @param attachments everything that is not body, in order
 * @param invitation what its calendar says; empty for a mail that is about no event
 * @param root the tree of parts
 * @param problems what was wrong with the mail or beyond a limit, as short words such as {@code
 *     too-many-parts}; empty for a mail that was read as it was meant
 */
public record ParsedMail(
    MailHeaders headers,
    String text,
    Optional<String> html,
    List<ParsedAttachment> attachments,
    Optional<Invitation> invitation,
    MimePart root,
    List<String> problems) {

  public ParsedMail {
    attachments = List.copyOf(attachments);
    problems = List.copyOf(problems);
  }

  /** A mail that came inside another one, of which nothing but header and parts is asked. */
  public static ParsedMail inside(MimePart mail) {
    return new ParsedMail(
        mail.headers(), "", Optional.empty(), List.of(), Optional.empty(), mail, List.of());
  }

  /** Sizes only: the content of a mail must not be logged. */
  @Override
  public String toString() {
    return "ParsedMail[text=%d, html=%d, attachments=%d, problems=%s]"
        .formatted(text.length(), html.map(String::length).orElse(0), attachments.size(), problems);
  }
}
