package org.byoemail.format.mime;

import java.util.List;
import java.util.Optional;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.html.VisibleText;

/**
 * A mail as far as it could be read.
 *
 * @param headers who wrote what to whom; the getters are there
 * @param body the visible and the hidden text of the body
 * @param plain the plain text of a body that also has HTML; only used for comparison, since a
 *     person sees the HTML
 * @param html the HTML body as it was sent: sanitise it before it is shown anywhere
 * @param attachments everything that is not body, in order
 * @param invitation what its calendar says; empty for a mail that is about no event
 * @param root the tree of parts
 * @param problems what was wrong with the mail or beyond a limit, as short words such as {@code
 *     too-many-parts}; empty for a mail that was read as it was meant
 */
public record ParsedMail(
    MailHeaders headers,
    VisibleText body,
    Optional<String> plain,
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
        mail.headers(),
        VisibleText.of(""),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        mail,
        List.of());
  }

  /** The text that a person sees. */
  public String text() {
    return body.text();
  }

  /**
   * The text for reading reports: the plain part if there is one, since the HTML of reports
   * contains layout and advertising.
   */
  public String programText() {
    return plain.filter(words -> !words.isBlank()).orElseGet(body::text);
  }

  /**
   * Whether the parts of the body are of the type that the header names, as far as that can be
   * told: a type that nobody signed may have been changed to hide some of them.
   */
  public boolean hasPlausibleType() {
    return TopLevelType.isPlausible(this);
  }

  /** Sizes only: the content of a mail must not be logged. */
  @Override
  public String toString() {
    return "ParsedMail[text=%d, html=%d, attachments=%d, problems=%s]"
        .formatted(
            text().length(), html.map(String::length).orElse(0), attachments.size(), problems);
  }
}
