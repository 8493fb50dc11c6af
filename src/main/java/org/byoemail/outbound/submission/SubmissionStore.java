package org.byoemail.outbound.submission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.SuppressedRecipients;
import org.byoemail.platform.conversation.Conversations;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Stores submissions, as many as come at the same time with the same statements. */
@Component
class SubmissionStore {
  private final SubmissionRows rows;
  private final Conversations conversations;
  private final Messages messages;
  private final SubmittedFiles files;
  private final SuppressedRecipients suppressed;

  SubmissionStore(
      SubmissionRows rows,
      Conversations conversations,
      Messages messages,
      SubmittedFiles files,
      SuppressedRecipients suppressed) {
    this.rows = rows;
    this.conversations = conversations;
    this.messages = messages;
    this.files = files;
    this.suppressed = suppressed;
  }

  /**
   * Stores those whose ids are free; for each of them whether it was.
   *
   * @return in the order that they were given in
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<Boolean> store(List<NewSubmission> submissions) {
    // In the order of their ids, so that two nodes that are given the same ones wait in no circle.
    List<NewSubmission> sorted = new ArrayList<>(submissions);
    sorted.sort(
        Comparator.comparing((NewSubmission one) -> one.sender().organization())
            .thenComparing(NewSubmission::id));
    Set<UUID> registered = rows.register(sorted);
    List<NewSubmission> fresh =
        submissions.stream().filter(one -> registered.contains(one.messageId())).toList();
    if (!fresh.isEmpty()) {
      storeFresh(fresh);
    }
    return submissions.stream().map(one -> registered.contains(one.messageId())).toList();
  }

  private void storeFresh(List<NewSubmission> fresh) {
    List<OutboundDraft> drafts =
        fresh.stream().map(one -> new OutboundDraft(one.submission(), one.sender())).toList();
    List<UUID> places =
        conversations.ofOutbound(
            fresh.stream()
                .map(
                    one ->
                        new Conversations.Outbound(
                            one.sender().agent(), one.repliedTo(), one.submission().subject()))
                .toList());
    List<Message> stored = new ArrayList<>();
    for (int i = 0; i < fresh.size(); i++) {
      NewSubmission one = fresh.get(i);
      stored.add(
          drafts
              .get(i)
              .message(
                  one.messageId(), places.get(i), one.repliedTo(), one.dueAt(), one.acceptedAt()));
    }
    messages.storeAll(stored);
    fresh.forEach(one -> files.storeRows(one.files()));
    Map<UUID, List<EmailAddress>> leftOut =
        rows.queue(fresh, drafts.stream().map(OutboundDraft::recipients).toList());
    for (int i = 0; i < fresh.size(); i++) {
      NewSubmission one = fresh.get(i);
      List<EmailAddress> ofThis = leftOut.get(one.messageId());
      if (ofThis != null) {
        suppressed.leaveOut(stored.get(i), one.sender().account(), one.attempt(), ofThis);
      }
    }
  }
}
