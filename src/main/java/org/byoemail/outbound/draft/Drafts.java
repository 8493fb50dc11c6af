package org.byoemail.outbound.draft;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.submission.InvalidField;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionConflict;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Drafts: submissions that need not be complete, except for their sender, which decides who sees
 * them. A draft is sent under its own id, in the transaction that records it as sent: once,
 * whichever nodes are asked how often. Safe for use by many threads and nodes.
 */
@Component
public class Drafts {
  /** Of an agent, apart from those that were sent. */
  public static final int MAX_OF_AGENT = 1_000;

  /** Bytes of the content as JSON. */
  public static final int MAX_BYTES = 256 << 10;

  private static final int MAX_LISTED = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final DraftRows rows;
  private final DraftCopies copies;
  private final SubmissionReader reader;
  private final Submissions submissions;

  Drafts(DraftRows rows, DraftCopies copies, SubmissionReader reader, Submissions submissions) {
    this.rows = rows;
    this.copies = copies;
    this.reader = reader;
    this.submissions = submissions;
  }

  /**
   * Stores a draft.
   *
   * @throws SubmissionRejected naming the fields that no submission could have
   * @throws DraftConflict if the agent has too many
   */
  @Transactional
  public Draft create(SubmissionSource source, byte[] body) {
    DraftRows.Content content = content(source, body);
    requireRoom(content.agent());
    UUID id = Ids.next();
    rows.insert(id, content);
    copies.compare(List.of(id));
    return rows.find(source, id).orElseThrow();
  }

  /** The draft of that id; empty if unknown to the source. */
  public Optional<Draft> find(SubmissionSource source, UUID id) {
    return rows.find(source, id);
  }

  /**
   * Drafts without their contents, the newest first.
   *
   * @param agent null: of every agent
   * @param before the id to start after; null for the first page
   */
  public List<Draft> list(
      SubmissionSource source, @Nullable UUID agent, @Nullable UUID before, int limit) {
    return rows.list(source, agent, before, limit);
  }

  /**
   * Replaces the content of a draft.
   *
   * @return empty if unknown to the source
   * @throws SubmissionRejected as {@link #create}
   * @throws DraftChanged if it has another version
   * @throws DraftConflict if it was sent, or becomes one of an agent that has too many
   */
  @Transactional
  public Optional<Draft> change(SubmissionSource source, UUID id, int version, byte[] body) {
    Draft present = rows.find(source, id).orElse(null);
    if (present == null) {
      return Optional.empty();
    }
    DraftRows.Content content = content(source, body);
    if (present.sentAs() == null && !present.agent().value().equals(content.agent())) {
      requireRoom(content.agent());
    }
    if (!rows.replace(id, version, content)) {
      throw conflict(source, id);
    }
    copies.compare(List.of(id));
    return rows.find(source, id);
  }

  /**
   * Deletes a draft; the message that it became stays.
   *
   * @param version null: any
   * @return false if unknown to the source
   * @throws DraftChanged if it has another version
   */
  @Transactional
  public boolean delete(SubmissionSource source, UUID id, @Nullable Integer version) {
    if (rows.find(source, id).isEmpty()) {
      return false;
    }
    if (!rows.delete(id, version)) {
      throw conflict(source, id);
    }
    copies.compare(List.of(id));
    return true;
  }

  /**
   * Sends a draft. One that was sent already is answered with the same message.
   *
   * @param version null: any
   * @return empty if unknown to the source
   * @throws SubmissionRejected if it is not complete
   * @throws DraftChanged if it has another version
   */
  public Optional<Submissions.Accepted> send(
      SubmissionSource source, UUID id, @Nullable Integer version) {
    Draft draft = rows.find(source, id).orElse(null);
    if (draft == null) {
      return Optional.empty();
    }
    if (draft.sentAs() != null) {
      return Optional.of(repeated(draft));
    }
    if (version != null && version != draft.version()) {
      throw new DraftChanged();
    }
    try {
      return Optional.of(
          submissions.accept(
              source, submission(draft), message -> markSent(source, draft, message)));
    } catch (SubmissionConflict | DraftConflict e) {
      // It may have been sent by another request, in this or another version.
      Draft sent = rows.find(source, id).filter(one -> one.sentAs() != null).orElse(null);
      if (sent == null) {
        throw e;
      }
      return Optional.of(repeated(sent));
    }
  }

  private void markSent(SubmissionSource source, Draft draft, StoredMessageId message) {
    if (!rows.markSent(draft.id(), draft.version(), message)) {
      throw conflict(source, draft.id());
    }
    copies.compare(List.of(draft.id()));
  }

  private void requireRoom(UUID agent) {
    if (rows.hasAtLeast(agent, MAX_OF_AGENT)) {
      throw new DraftConflict(
          "the agent has 1,000 unsent drafts: send or delete some of them first");
    }
  }

  private DraftConflict conflict(SubmissionSource source, UUID id) {
    return rows.find(source, id).filter(one -> one.sentAs() != null).isPresent()
        ? new DraftConflict("the draft was sent")
        : new DraftChanged();
  }

  private static Submissions.Accepted repeated(Draft sent) {
    StoredMessageId message = sent.sentAs();
    if (message == null) {
      throw new IllegalArgumentException("the draft was not sent");
    }
    return new Submissions.Accepted(sent.id().toString(), message, false);
  }

  private Submission submission(Draft draft) {
    String content = String.valueOf(draft.content());
    ObjectNode node =
        reader.json(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), null);
    String digest = reader.digest(node, "draft " + draft.id() + " " + draft.version());
    node.put("id", draft.id().toString());
    return reader.read(node, digest);
  }

  private DraftRows.Content content(SubmissionSource source, byte[] body) {
    ObjectNode node = reader.json(new ByteArrayInputStream(body), null);
    if (node.hasNonNull("id")) {
      throw rejected("id", "cannot be given: a draft is sent under its own id");
    }
    List<UUID> uploads = uploads(node);
    Submission partial = reader.readDraft(node);
    Submissions.Owner owner = submissions.owner(source, partial);
    String json = json(node);
    if (json.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw rejected(
          "", "is larger than " + MAX_BYTES + " bytes: upload files, and give their ids");
    }
    return new DraftRows.Content(
        owner.organization(),
        owner.agent().value(),
        owner.account() == null ? null : owner.account().value(),
        owner.from().value(),
        partial.subject(),
        addresses(partial).limit(MAX_LISTED).toList(),
        Stream.concat(
                addresses(partial),
                Stream.concat(
                        Stream.of(owner.from()),
                        Stream.ofNullable(partial.replyTo()).map(NamedAddress::address))
                    .map(EmailAddress::value))
            .distinct()
            .toList(),
        uploads,
        json);
  }

  private static Stream<String> addresses(Submission partial) {
    return Stream.of(partial.to(), partial.cc(), partial.bcc())
        .flatMap(List::stream)
        .map(one -> one.address().value());
  }

  /** The files that the draft refers to. Their contents would be stored with each version. */
  private static List<UUID> uploads(ObjectNode node) {
    List<UUID> uploads = new ArrayList<>();
    JsonNode attachments = node.path("attachments");
    for (int i = 0; i < attachments.size(); i++) {
      if (attachments.get(i).hasNonNull("content")) {
        throw rejected(
            "attachments[" + i + "].content",
            "cannot be in a draft: upload the file, and give its id");
      }
      try {
        uploads.add(UUID.fromString(attachments.get(i).path("id").asText()));
      } catch (IllegalArgumentException e) {
        continue; // Refused by the reader.
      }
    }
    return uploads;
  }

  private static String json(ObjectNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a draft that cannot be written as JSON", e);
    }
  }

  private static SubmissionRejected rejected(String field, String reason) {
    return new SubmissionRejected(null, List.of(new InvalidField(field, reason)));
  }
}
