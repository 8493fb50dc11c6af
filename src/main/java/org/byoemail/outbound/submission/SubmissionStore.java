package org.byoemail.outbound.submission;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.Claims;
import org.byoemail.outbound.delivery.DeliveryLifecycle;
import org.byoemail.outbound.delivery.NewDelivery;
import org.byoemail.platform.conversation.Conversations;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.byoemail.platform.trace.TraceParent;
import org.byoemail.platform.trace.TracePropagation;
import org.byoemail.platform.transaction.GroupCommit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Stores submissions. Those that come at the same time share a transaction and its statements. Safe
 * for use by many threads and nodes.
 */
@Component
class SubmissionStore {
  private static final int MAX_BATCH = 64;

  private final DeliveryLifecycle deliveries;
  private final Conversations conversations;
  private final Messages messages;
  private final SubmittedFiles files;
  private final TracePropagation traces;
  private final GroupCommit<Draft, Boolean> commits;
  private final Claims claims;

  SubmissionStore(
      DeliveryLifecycle deliveries,
      Conversations conversations,
      Messages messages,
      SubmittedFiles files,
      TracePropagation traces,
      PlatformTransactionManager transactions,
      Claims claims) {
    this.claims = claims;
    this.deliveries = deliveries;
    this.conversations = conversations;
    this.messages = messages;
    this.files = files;
    this.traces = traces;
    this.commits = new GroupCommit<>(MAX_BATCH, transactions, this::storeTogether);
  }

  /**
   * Stores a submission unless its id is taken. It has been committed when this returns, and a
   * claim is on its way.
   *
   * @return whether the id was free
   */
  boolean store(NewSubmission submission) {
    boolean free = commits.submit(Draft.of(submission, traces.current()));
    if (free) {
      claims.wake();
    }
    return free;
  }

  /**
   * Stores several submissions, as {@link #store} does each of them.
   *
   * @return for each, in the same order, what says whether its id was free, or throws why it was
   *     not stored
   */
  List<Supplier<Boolean>> storeAll(List<NewSubmission> submissions) {
    TraceParent trace = traces.current();
    List<Supplier<Boolean>> free =
        commits.submitAll(submissions.stream().map(one -> Draft.of(one, trace)).toList());
    claims.wake();
    return free;
  }

  /** For each of them, whether its id was free. */
  private List<Boolean> storeTogether(List<Draft> drafts) {
    Set<StoredMessageId> registered =
        deliveries.register(drafts.stream().map(Draft::delivery).toList());
    List<Draft> fresh = drafts.stream().filter(one -> registered.contains(one.id())).toList();
    if (!fresh.isEmpty()) {
      storeFresh(fresh);
    }
    return drafts.stream().map(one -> registered.contains(one.id())).toList();
  }

  private void storeFresh(List<Draft> fresh) {
    List<ConversationId> places =
        conversations.ofOutbound(
            fresh.stream()
                .map(Draft::submission)
                .map(
                    one ->
                        new Conversations.Outbound(
                            one.sender().agent(), one.repliedTo(), one.submission().subject()))
                .toList());
    Map<StoredMessageId, Message> stored = new LinkedHashMap<>();
    for (int i = 0; i < fresh.size(); i++) {
      stored.put(fresh.get(i).id(), fresh.get(i).message(places.get(i)));
    }
    fresh.forEach(one -> one.submission().change().accept(one.id()));
    messages.storeAll(List.copyOf(stored.values()));
    fresh.forEach(one -> files.storeRows(one.submission().files()));
    deliveries.enqueue(fresh.stream().map(Draft::delivery).toList(), stored);
  }

  private record Draft(NewSubmission submission, OutboundDraft draft, NewDelivery delivery) {
    static Draft of(NewSubmission one, @Nullable TraceParent trace) {
      OutboundDraft draft = new OutboundDraft(one.submission(), one.sender());
      return new Draft(one, draft, one.delivery(draft.recipients(), trace));
    }

    StoredMessageId id() {
      return submission.messageId();
    }

    Message message(ConversationId conversation) {
      return draft.message(
          id(),
          conversation,
          submission.repliedTo(),
          submission.added(),
          submission.dueAt(),
          submission.acceptedAt());
    }
  }
}
