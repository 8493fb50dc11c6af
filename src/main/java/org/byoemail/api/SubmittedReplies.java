package org.byoemail.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.api.Replies.Kind;
import org.byoemail.api.Replies.Original;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Permission;
import org.springframework.stereotype.Component;

/** Submits replies and forwarded messages, each once by its id. Thread-safe. */
@Component
class SubmittedReplies {
  private final Replies replies;
  private final SubmissionReader reader;
  private final Submissions submissions;

  SubmittedReplies(Replies replies, SubmissionReader reader, Submissions submissions) {
    this.replies = replies;
    this.reader = reader;
    this.submissions = submissions;
  }

  /**
   * Submits what is made of a message.
   *
   * @param id of the message
   * @param asked a submission that leaves to the message what {@link Replies#complete} adds
   * @throws PermissionMissing if the caller may not read messages
   */
  Submissions.Accepted submit(Caller caller, UUID id, Kind kind, ObjectNode asked) {
    SubmissionSource source = HttpSubmissions.source(caller);
    String digest = reader.digest(asked, kind + " " + id);
    return repeated(caller, id, source, asked, digest)
        .orElseGet(
            () -> {
              replies.complete(original(caller, id), kind, asked);
              return submissions.accept(source, reader.read(asked, digest));
            });
  }

  private Original original(Caller caller, UUID id) {
    Original original = replies.original(caller, id);
    // Its recipients and its text leave with the mail.
    if (!caller.may(Permission.MESSAGES_READ)) {
      throw new PermissionMissing(Permission.MESSAGES_READ);
    }
    return original;
  }

  /** Before the message is looked at: it, or what is made of it, may have changed since. */
  private Optional<Submissions.Accepted> repeated(
      Caller caller, UUID message, SubmissionSource source, ObjectNode asked, String digest) {
    String id = asked.path("id").textValue();
    return id == null
        ? Optional.empty()
        : replies
            .organization(caller, message)
            .flatMap(owner -> submissions.repeated(source, owner, id, digest));
  }
}
