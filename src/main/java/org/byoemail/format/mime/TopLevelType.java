package org.byoemail.format.mime;

import org.byoemail.format.html.HiddenText;
import org.byoemail.format.html.HiddenText.Source;

/**
 * Whether a mail reads as the parts of its body suggest, so that its Content-Type may be believed
 * although nobody signed it. The subtype decides what is shown: of an alternative one part only, of
 * a related body the first. A mixed mail that was made one of these would hide signed text.
 */
final class TopLevelType {
  /** The share of the plain part, as a divisor, that the HTML may lack. */
  private static final int LACKING = 4;

  private TopLevelType() {}

  static boolean isPlausible(ParsedMail mail) {
    MimePart root = mail.root();
    if (root.children().isEmpty()) {
      return true;
    }
    if (root.is("multipart/alternative")) {
      return isAlternative(mail);
    }
    if (root.is("multipart/related")) {
      return isRelated(root);
    }
    // The parts of a digest without a type are mails.
    return !root.is("multipart/digest");
  }

  /** At most one part of each type, and the plain part says what the HTML says. */
  private static boolean isAlternative(ParsedMail mail) {
    MimePart root = mail.root();
    boolean once =
        root.children().stream().filter(part -> part.is("text/plain")).count() <= 1
            && root.children().stream().filter(part -> part.is("text/html")).count() <= 1;
    int alone =
        mail.body().hidden().stream()
            .filter(hidden -> hidden.source() == Source.PLAIN_PART)
            .mapToInt(hidden -> hidden.text().length())
            .sum();
    int plain = mail.plain().map(String::strip).map(String::length).orElse(0);
    return once && alone < HiddenText.MAX_LENGTH && LACKING * alone <= plain;
  }

  /** The first part is the body, and no other could be one. */
  private static boolean isRelated(MimePart root) {
    String start = root.parameter("start").replaceAll("[<>\\s]", "");
    MimePart first = root.children().get(0);
    return (start.isEmpty() || first.contentId().filter(start::equals).isPresent())
        && root.children().stream()
            .skip(1)
            .noneMatch(part -> part.is("text/*") || part.is("multipart/*"));
  }
}
