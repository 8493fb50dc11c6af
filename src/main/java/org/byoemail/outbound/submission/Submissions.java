package org.byoemail.outbound.submission;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.composition.EncodedSize;
import org.byoemail.outbound.gate.GateResult;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Accepts submissions: when {@link #accept} returns, message, recipients, first attempt and
 * delivery are stored, and the mail leaves when it is due. Safe for use by many threads and nodes.
 */
@Component
public class Submissions {
  private static final int MAX_DAYS_AHEAD = 366;

  private final Senders senders;
  private final SubmittedFiles files;
  private final EarlierSubmissions earlierOnes;
  private final Messages messages;
  private final SubmissionStore store;
  private final SubmissionGates gates;
  private final SubmissionSettings settings;

  Submissions(
      Senders senders,
      SubmittedFiles files,
      EarlierSubmissions earlierOnes,
      Messages messages,
      SubmissionStore store,
      SubmissionGates gates,
      SubmissionSettings settings) {
    this.senders = senders;
    this.files = files;
    this.earlierOnes = earlierOnes;
    this.messages = messages;
    this.store = store;
    this.gates = gates;
    this.settings = settings;
  }

  /**
   * What became of a submission.
   *
   * @param submissionId the producer's own, or the one that was made for it
   * @param messageId our id of the message
   * @param created false if it had been accepted before
   */
  public record Accepted(String submissionId, StoredMessageId messageId, boolean created) {}

  /**
   * Stores a submission, once for each id and organisation. Those that come at the same time share
   * a transaction, which has committed when this returns.
   *
   * @throws SubmissionRejected if it cannot be accepted as it is
   * @throws SubmissionConflict if its id was used for another one
   * @throws org.byoemail.platform.hook.HookFailed if a hook gave no valid answer: try again later
   */
  public Accepted accept(SubmissionSource source, Submission submission) {
    return accept(source, submission, message -> {});
  }

  /**
   * Stores a submission as {@link #accept(SubmissionSource, Submission)}, with a change that
   * belongs to it.
   *
   * @param change is made in the transaction that stores the message, unless the submission had
   *     been accepted before; if it throws, nothing is stored. It may be called twice
   */
  public Accepted accept(
      SubmissionSource source, Submission submission, Consumer<StoredMessageId> change) {
    Prepared prepared = prepare(source, submission, change);
    return finish(prepared, prepared.fresh() != null && store.store(prepared.fresh()));
  }

  /**
   * Accepts several submissions, as {@link #accept} does each of them, in as few transactions as
   * possible. None depends on another; of two with the same id, the first is the one that is new.
   *
   * @param submissions what reads each of them, or throws why it cannot be read
   * @return for each, in the same order, what gives what became of it, or throws what {@link
   *     #accept} would throw
   */
  public List<Supplier<Accepted>> acceptAll(
      SubmissionSource source, List<Supplier<Submission>> submissions) {
    List<Supplier<Prepared>> prepared =
        submissions.stream()
            .map(one -> attempt(() -> prepare(source, one.get(), message -> {})))
            .toList();
    List<NewSubmission> fresh =
        prepared.stream().map(Submissions::freshOne).filter(Objects::nonNull).toList();
    Iterator<Supplier<Boolean>> stored = store.storeAll(fresh).iterator();
    List<Supplier<Accepted>> results = new ArrayList<>();
    for (Supplier<Prepared> one : prepared) {
      Supplier<Boolean> isStored = freshOne(one) == null ? () -> false : stored.next();
      results.add(attempt(() -> finish(one.get(), isStored.get())));
    }
    return results;
  }

  private static @Nullable NewSubmission freshOne(Supplier<Prepared> prepared) {
    try {
      return prepared.get().fresh();
    } catch (RuntimeException e) {
      return null; // Thrown again for its result.
    }
  }

  /** Does it now; what it returned or threw is returned or thrown each time it is asked for. */
  private static <T> Supplier<T> attempt(Supplier<T> action) {
    try {
      T result = action.get();
      return () -> result;
    } catch (RuntimeException e) {
      return () -> {
        throw e;
      };
    }
  }

  /**
   * What became of the same request before, whatever has changed since; empty for another one,
   * which {@link #accept} judges.
   *
   * @param organization the sender's
   */
  public Optional<Accepted> repeated(
      SubmissionSource source, OrganizationId organization, String id, String digest) {
    return earlierOnes
        .find(organization, id)
        .filter(earlier -> earlier.digest().equals(digest))
        .filter(earlier -> messages.isWithin(source.scope(), earlier.messageId()))
        .map(earlier -> new Accepted(id, earlier.messageId(), false));
  }

  /**
   * A submission that passed what is checked before it is stored.
   *
   * @param fresh what is to be stored; null if it was accepted before
   */
  private record Prepared(Sender sender, Submission submission, @Nullable NewSubmission fresh) {}

  private Prepared prepare(
      SubmissionSource source, Submission submission, Consumer<StoredMessageId> change) {
    Sender sender = sender(source, submission);
    boolean asked = gates.hook().isAsked();
    StoredMessageId messageId = StoredMessageId.next();
    List<Attachment> attachments = List.of();
    if (asked || !submission.attachments().isEmpty()) {
      // Before any content is written, and outside of the transaction: files take their time.
      if (earlier(sender, submission) != null) {
        return new Prepared(sender, submission, null);
      }
      attachments = files.plan(messageId, sender.organization(), source.scope(), submission);
    }
    Submission complete = asked ? gates.hook().ask(sender, submission, attachments) : submission;
    checkSize(complete, attachments);
    NewSubmission fresh = fresh(messageId, source, sender, complete, attachments);
    return new Prepared(sender, complete, fresh == null ? null : fresh.with(change));
  }

  private Accepted finish(Prepared prepared, boolean isStored) {
    NewSubmission fresh = prepared.fresh();
    if (fresh != null && isStored) {
      gates.hook().notifyHook(fresh);
      return new Accepted(fresh.id(), fresh.messageId(), true);
    }
    return Objects.requireNonNull(
        earlier(prepared.sender(), prepared.submission()), "the submission that has the id");
  }

  /**
   * What would become of a submission.
   *
   * @param endpoint the sender's
   * @param conversation the one that it continues; null if it starts one
   * @param account the sender's; null if it has none
   * @param gates what the gates of the agent's sending policy would decide
   * @param earlier the message that was accepted for it before; null if it is new
   */
  public record Checked(
      OrganizationId organization,
      EndpointId endpoint,
      AgentId agent,
      @Nullable ConversationId conversation,
      EmailAddress from,
      @Nullable AccountId account,
      Instant dueAt,
      GateResult gates,
      @Nullable StoredMessageId earlier) {}

  /**
   * Checks a submission as {@link #accept} does, and stores nothing.
   *
   * @throws SubmissionRejected if it would not be accepted as it is
   * @throws SubmissionConflict if its id was used for another one
   */
  public Checked check(SubmissionSource source, Submission submission) {
    Sender sender = sender(source, submission);
    Instant now = sender.foundAt();
    Instant dueAt = dueAt(submission, now);
    Accepted earlier = earlier(sender, submission);
    GateResult tried = GateResult.NOTHING;
    ConversationId conversation = null;
    if (earlier == null) {
      StoredMessageId none = StoredMessageId.next();
      List<Attachment> planned =
          files.plan(none, sender.organization(), source.scope(), submission);
      checkSize(submission, planned);
      checkTimes(submission, dueAt, expiresAt(submission, dueAt), now);
      gates.unsubscribe().check(sender, submission);
      Message repliedTo = repliedTo(source, sender, submission);
      conversation = repliedTo == null ? null : repliedTo.conversation();
      tried = gates.tried(source, sender, submission, repliedTo, planned);
    }
    return new Checked(
        sender.organization(),
        sender.endpoint(),
        sender.agent(),
        conversation,
        sender.address(),
        sender.account(),
        dueAt,
        tried,
        earlier == null ? null : earlier.messageId());
  }

  /**
   * Whose a submission is.
   *
   * @param account null: the sender has none
   */
  public record Owner(
      OrganizationId organization, AgentId agent, @Nullable AccountId account, EmailAddress from) {}

  /**
   * Whose a submission would be, by its {@code from}.
   *
   * @throws SubmissionRejected if the source may not send for it
   */
  public Owner owner(SubmissionSource source, Submission submission) {
    Sender sender = sender(source, submission);
    return new Owner(sender.organization(), sender.agent(), sender.account(), sender.address());
  }

  private Sender sender(SubmissionSource source, Submission submission) {
    return senders
        .find(submission.from(), source.organization())
        .filter(source::maySendFor)
        .orElseThrow(
            () -> rejected(submission, "from", "is no address of an agent that you may send for"));
  }

  private void checkSize(Submission submission, List<Attachment> attachments) {
    long size =
        EncodedSize.of(
            submission.headers(),
            submission.to().size() + submission.cc().size(),
            submission.text(),
            submission.html(),
            attachments);
    if (size > settings.maxMessageSize().toBytes()) {
      throw rejected(
          submission,
          attachments.isEmpty() ? "" : "attachments",
          "the message would be sent as %,d bytes, more than %,d"
              .formatted(size, settings.maxMessageSize().toBytes()));
    }
  }

  private Instant expiresAt(Submission submission, Instant dueAt) {
    return submission.expiresAt() == null
        ? dueAt.plus(settings.expiresAfter())
        : submission.expiresAt().truncatedTo(ChronoUnit.MICROS);
  }

  /**
   * What is to be stored; null if it was accepted before, which counts more than that it would be
   * refused by now.
   */
  private @Nullable NewSubmission fresh(
      StoredMessageId messageId,
      SubmissionSource source,
      Sender sender,
      Submission submission,
      List<Attachment> attachments) {
    Instant now = sender.foundAt();
    Instant dueAt = dueAt(submission, now);
    Instant expiresAt = expiresAt(submission, dueAt);
    Message repliedTo;
    try {
      checkTimes(submission, dueAt, expiresAt, now);
      gates.unsubscribe().check(sender, submission);
      repliedTo = repliedTo(source, sender, submission);
    } catch (SubmissionRejected e) {
      if (earlier(sender, submission) == null) {
        throw e;
      }
      return null;
    }
    boolean isGated = gates.isNeeded(sender, submission);
    if (isGated && earlier(sender, submission) != null) {
      return null; // Gates count what they let pass.
    }
    NewSubmission fresh =
        new NewSubmission(
            messageId,
            AttemptId.next(),
            submission.id() == null ? messageId.toString() : submission.id(),
            sender,
            submission,
            repliedTo,
            files.storeContent(attachments, submission),
            gates.unsubscribe().fields(sender, submission, messageId),
            dueAt,
            expiresAt,
            now,
            source.by(),
            message -> {},
            GateResult.NOTHING,
            null);
    return isGated ? gates.decide(source, fresh) : fresh;
  }

  /** How long a message waits whose submission does not say. */
  public Duration expiresAfter() {
    return settings.expiresAfter();
  }

  private @Nullable Accepted earlier(Sender sender, Submission submission) {
    if (submission.id() == null) {
      return null;
    }
    return earlierOnes
        .find(sender.organization(), submission.id())
        .map(
            earlier -> {
              if (!earlier.digest().equals(submission.digest())) {
                throw new SubmissionConflict(submission.id());
              }
              return new Accepted(submission.id(), earlier.messageId(), false);
            })
        .orElse(null);
  }

  private static Instant dueAt(Submission submission, Instant now) {
    Instant sendAt = submission.sendAt();
    return sendAt == null || sendAt.isBefore(now) ? now : sendAt.truncatedTo(ChronoUnit.MICROS);
  }

  private static void checkTimes(
      Submission submission, Instant dueAt, Instant expiresAt, Instant now) {
    if (dueAt.isAfter(now.plus(MAX_DAYS_AHEAD, ChronoUnit.DAYS))) {
      throw rejected(submission, "sendAt", "is more than " + MAX_DAYS_AHEAD + " days ahead");
    }
    if (!expiresAt.isAfter(dueAt)) {
      throw rejected(submission, "expiresAt", "is over before the message is to leave");
    }
  }

  private @Nullable Message repliedTo(
      SubmissionSource source, Sender sender, Submission submission) {
    if (submission.inReplyTo() == null) {
      return null;
    }
    return messages
        .withoutTexts(new StoredMessageId(submission.inReplyTo()))
        .filter(message -> message.organization().equals(sender.organization()))
        .filter(message -> messages.isWithin(source.scope(), message.id()))
        .orElseThrow(() -> rejected(submission, "inReplyTo", "is no message that is known"));
  }

  private static SubmissionRejected rejected(Submission submission, String field, String reason) {
    return new SubmissionRejected(submission.id(), field, reason);
  }
}
