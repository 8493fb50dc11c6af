package org.byoemail.outbound.submission;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.suppression.UnsubscribeLinks;
import org.springframework.stereotype.Component;

/**
 * The header fields by which a recipient unsubscribes from the agent (RFC 2369, RFC 8058). A link
 * names one recipient, so only mail to one has it. Safe for use by many threads.
 */
@Component
class ListUnsubscribe {
  private static final String FIELD = "List-Unsubscribe";
  private static final String POST_FIELD = "List-Unsubscribe-Post";

  private final UnsubscribeLinks links;

  ListUnsubscribe(UnsubscribeLinks links) {
    this.links = links;
  }

  /**
   * Checks a submission that asks for the fields.
   *
   * @throws SubmissionRejected if it cannot have them
   */
  void check(Sender sender, Submission submission) {
    if (!submission.listUnsubscribe()) {
      return;
    }
    if (new OutboundDraft(submission, sender).recipients().size() > 1) {
      throw rejected(
          submission,
          "needs exactly one recipient, whom the link names: submit a message for each recipient");
    }
    if (hasOwn(submission)) {
      throw rejected(
          submission, "cannot be there together with " + FIELD + " or its Post in headers");
    }
    if (!links.areAvailable()) {
      throw rejected(submission, "needs an https address of the gateway: set byo.public-url");
    }
  }

  private static SubmissionRejected rejected(Submission submission, String reason) {
    return new SubmissionRejected(submission.id(), "listUnsubscribe", reason);
  }

  private static boolean hasOwn(Submission submission) {
    return submission.headers().stream()
        .map(field -> field.name().toLowerCase(Locale.ROOT))
        .anyMatch(FIELD.toLowerCase(Locale.ROOT)::equals);
  }

  /**
   * The fields of a mail; none if neither the submission nor the agent's policy asks for them, or
   * if it cannot have them.
   */
  List<HeaderField> fields(Sender sender, Submission submission, StoredMessageId message) {
    if (!submission.listUnsubscribe() && !sender.policy().listUnsubscribe()) {
      return List.of();
    }
    Set<EmailAddress> recipients = new OutboundDraft(submission, sender).recipients().keySet();
    if (recipients.size() != 1 || hasOwn(submission) || !links.areAvailable()) {
      return List.of();
    }
    UnsubscribeLinks.Subject subject =
        new UnsubscribeLinks.Subject(sender.agent(), message, recipients.iterator().next());
    String token = links.token(subject);
    String link = "<" + links.link(token) + ">";
    if (sender.unsubscribe().coveredByDkim()) {
      // RFC 8058 section 4: without a signature over both fields, nothing may be posted.
      String value = sender.unsubscribe().byMail() ? link + ", " + mail(sender, token) : link;
      return List.of(
          new HeaderField(FIELD, value), new HeaderField(POST_FIELD, "List-Unsubscribe=One-Click"));
    }
    return List.of(
        new HeaderField(FIELD, sender.unsubscribe().byMail() ? mail(sender, token) : link));
  }

  /** RFC 6068. */
  private static String mail(Sender sender, String token) {
    String address = sender.address().value();
    int at = address.lastIndexOf('@');
    String local =
        URLEncoder.encode(address.substring(0, at), StandardCharsets.UTF_8).replace("+", "%20");
    return "<mailto:%s%s?subject=%s%s>"
        .formatted(local, address.substring(at), UnsubscribeLinks.SUBJECT.strip() + "%20", token);
  }
}
