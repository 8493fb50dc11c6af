package org.byoemail.outbound.submission;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.byoemail.format.mail.AddressText;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Direction;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;

/** A submission on its way to be a message: each recipient once, and the header fields we set. */
final class OutboundDraft {

  private static final int NEWEST_REFERENCES = 20;

  private final Submission submission;
  private final Sender sender;
  private final Map<EmailAddress, String> kinds = new LinkedHashMap<>();
  private final List<String> to;
  private final List<String> cc;

  OutboundDraft(Submission submission, Sender sender) {
    this.submission = submission;
    this.sender = sender;
    this.to = newOnes("to", submission.to());
    this.cc = newOnes("cc", submission.cc());
    newOnes("bcc", submission.bcc());
  }

  private List<String> newOnes(String kind, List<NamedAddress> addresses) {
    List<String> added = new ArrayList<>();
    for (NamedAddress address : addresses) {
      if (kinds.putIfAbsent(address.address(), kind) == null) {
        added.add(AddressText.format(address));
      }
    }
    return added;
  }

  /** Each recipient with the first of to, cc and bcc that names it. */
  Map<EmailAddress, String> recipients() {
    return kinds;
  }

  Message message(
      StoredMessageId id,
      ConversationId conversation,
      @Nullable Message repliedTo,
      List<HeaderField> added,
      Instant dueAt,
      Instant now) {
    NamedAddress replyTo = submission.replyTo();
    return new Message(
        id,
        sender.organization(),
        conversation,
        sender.endpoint(),
        Direction.OUTBOUND,
        sender.address().value(),
        submission.fromName().isEmpty() ? sender.name() : submission.fromName(),
        to,
        cc,
        replyTo == null ? null : AddressText.format(replyTo),
        submission.subject(),
        submission.text(),
        submission.html(),
        new MessageId(id + "@" + sender.address().domain()),
        repliedTo == null ? null : repliedTo.messageId(),
        references(repliedTo),
        all(added),
        submission.metadata(),
        dueAt,
        now);
  }

  // RFC 5322 section 3.6.4: the references of the parent, and its id. In long threads the first and
  // the newest are kept.
  private static List<MessageId> references(@Nullable Message repliedTo) {
    if (repliedTo == null || repliedTo.messageId() == null) {
      return List.of();
    }
    Set<MessageId> unique = new LinkedHashSet<>(repliedTo.references());
    unique.remove(repliedTo.messageId());
    unique.add(repliedTo.messageId());
    List<MessageId> all = List.copyOf(unique);
    if (all.size() <= NEWEST_REFERENCES) {
      return all;
    }
    List<MessageId> kept = new ArrayList<>(all.subList(0, 1));
    kept.addAll(all.subList(all.size() - NEWEST_REFERENCES + 1, all.size()));
    return kept;
  }

  private List<HeaderField> all(List<HeaderField> added) {
    List<HeaderField> headers = headers();
    headers.addAll(added);
    return headers;
  }

  /** Whether it is marked as automatic: the submission or the agent's policy says so. */
  boolean isAutomatic() {
    return submission.autoSubmitted() || sender.policy().automaticMail().autoSubmitted();
  }

  /** The header fields that are written as they are. */
  List<HeaderField> headers() {
    List<HeaderField> headers = new ArrayList<>(submission.headers());
    if (isAutomatic()) {
      // RFC 3834 section 5.2: what answers a mail is auto-replied.
      headers.add(
          new HeaderField(
              "Auto-Submitted",
              submission.inReplyTo() == null ? "auto-generated" : "auto-replied"));
    }
    return headers;
  }
}
