package org.byoemail.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.account.alias.Aliases;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.ingest.Inbox;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Conversations;
import org.byoemail.platform.conversation.Direction;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Completes submissions that reply to a message or forward it: sender, recipients, subject, quoted
 * text and attachments. Thread-safe.
 */
@Component
class Replies {
  /** Fields of a request that are no fields of a submission. */
  private static final String QUOTE = "quote";

  private static final String USE_REPLY_TO = "useReplyTo";
  private static final String WITH_ATTACHMENTS = "withAttachments";
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Messages messages;
  private final Conversations conversations;
  private final Attachments attachments;
  private final Endpoints endpoints;
  private final Accounts accounts;
  private final Aliases aliases;
  private final Inbox inbox;

  Replies(
      Messages messages,
      Conversations conversations,
      Attachments attachments,
      Endpoints endpoints,
      Accounts accounts,
      Aliases aliases,
      Inbox inbox) {
    this.messages = messages;
    this.conversations = conversations;
    this.attachments = attachments;
    this.endpoints = endpoints;
    this.accounts = accounts;
    this.aliases = aliases;
    this.inbox = inbox;
  }

  /** What is made of a message. */
  enum Kind {
    REPLY,
    REPLY_ALL,
    FORWARD
  }

  /**
   * A message that the caller sees, with the mail that it came by.
   *
   * @param mail null: it is outbound
   */
  record Original(Message message, @Nullable InboxEntry mail) {}

  /** Whose message it is, or was if the caller can only mean its own organisation's. */
  Optional<OrganizationId> organization(Caller caller, UUID id) {
    return Optional.ofNullable(caller.organization())
        .or(() -> messages.organizationOf(new StoredMessageId(id)));
  }

  /**
   * The message that is answered or forwarded.
   *
   * @throws ResourceNotFound if the caller sees none of that id, or it is held for review
   */
  Original original(Caller caller, UUID id) {
    StoredMessageId message = new StoredMessageId(id);
    return messages
        .organizationOf(message)
        .filter(caller::sees)
        .filter(owner -> messages.isWithin(caller.scope(), message))
        .flatMap(owner -> messages.excerpt(message))
        .map(found -> new Original(found, inbox.ofMessage(message).orElse(null)))
        .filter(found -> found.mail() == null || !found.mail().isWithheld())
        .orElseThrow(() -> new ResourceNotFound("message"));
  }

  /**
   * Adds to a request what it leaves to the message.
   *
   * @throws FieldsRefused naming fields that the operation decides itself
   */
  void complete(Original original, Kind kind, ObjectNode request) {
    refuse(request, kind);
    boolean quote = flag(request, QUOTE, false);
    boolean useReplyTo = flag(request, USE_REPLY_TO, false);
    boolean files = flag(request, WITH_ATTACHMENTS, true);
    Message message = original.message();
    if (isAbsent(request, "from")) {
      request.put("from", message.endpoint().toString());
    }
    if (isAbsent(request, "subject")) {
      request.put("subject", subject(message.subject(), kind == Kind.FORWARD ? "Fwd: " : "Re: "));
    }
    if (kind == Kind.FORWARD) {
      append(request, forwarded(message));
      if (files) {
        attach(request, message);
      }
    } else {
      request.put("inReplyTo", message.id().toString());
      address(request, original, kind, useReplyTo);
      if (quote) {
        append(request, quoted(message));
      }
    }
  }

  private static void refuse(ObjectNode request, Kind kind) {
    List<FieldProblem> problems = new ArrayList<>();
    if (!isAbsent(request, "inReplyTo")) {
      problems.add(
          new FieldProblem(
              "inReplyTo",
              kind == Kind.FORWARD
                  ? "cannot be given: a forwarded message starts a new conversation"
                  : "is the message in the path: leave it out"));
    }
    if (kind == Kind.FORWARD) {
      for (String field : List.of(QUOTE, USE_REPLY_TO)) {
        if (!isAbsent(request, field)) {
          problems.add(new FieldProblem(field, "does not apply to /forward: leave it out"));
        }
      }
    } else if (!isAbsent(request, WITH_ATTACHMENTS)) {
      problems.add(new FieldProblem(WITH_ATTACHMENTS, "applies to /forward only: leave it out"));
    }
    if (kind != Kind.FORWARD && !isAbsent(request, "to")) {
      problems.add(
          new FieldProblem("to", "comes from the message: leave it out, or use POST /messages"));
    }
    if (kind == Kind.REPLY_ALL && !isAbsent(request, "cc")) {
      problems.add(
          new FieldProblem("cc", "comes from the message: leave it out, or use POST /messages"));
    }
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
  }

  private void address(ObjectNode request, Original original, Kind kind, boolean useReplyTo) {
    Message message = original.message();
    List<String> to =
        message.direction() == Direction.OUTBOUND
            ? message.to()
            : List.of(author(message, useReplyTo));
    to.forEach(request.putArray("to")::add);
    if (kind == Kind.REPLY_ALL) {
      Set<String> left = own(original);
      to.forEach(one -> left.add(folded(one)));
      List<String> others = new ArrayList<>();
      for (String one :
          message.direction() == Direction.OUTBOUND
              ? message.cc()
              : Stream.concat(message.to().stream(), message.cc().stream()).toList()) {
        if (left.add(folded(one))) {
          others.add(one);
        }
      }
      if (!others.isEmpty()) {
        others.forEach(request.putArray("cc")::add);
      }
    }
  }

  /** Reply-To is anybody's to write: it counts if the agent has written there, or if confirmed. */
  private String author(Message message, boolean useReplyTo) {
    String replyTo = message.replyTo();
    boolean believed = replyTo != null && (useReplyTo || hasBeenWrittenTo(message, replyTo));
    return believed ? String.valueOf(replyTo) : message.from();
  }

  private boolean hasBeenWrittenTo(Message message, String address) {
    try {
      return conversations.hasBeenWrittenTo(message.conversation(), EmailAddress.parse(address));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Set<String> own(Original original) {
    Set<String> own = new HashSet<>();
    endpoints
        .find(original.message().endpoint())
        .ifPresent(endpoint -> own.add(folded(endpoint.address().value())));
    if (original.mail() != null && original.mail().recipient() != null) {
      own.add(folded(original.mail().recipient()));
    }
    // Not the account of the mail: a catch-all account may be another agent's.
    accounts
        .ofEndpoint(original.message().endpoint())
        .ifPresent(
            account -> {
              own.add(folded(account.address().value()));
              aliases.proved(account.id()).forEach(alias -> own.add(folded(alias.value())));
            });
    return own;
  }

  private static String folded(String address) {
    return address.toLowerCase(Locale.ROOT);
  }

  private static String subject(String subject, String prefix) {
    return subject.regionMatches(true, 0, prefix, 0, prefix.length() - 1)
        ? subject
        : prefix + subject;
  }

  private static void append(ObjectNode request, String text) {
    if (!isAbsent(request, "html")) {
      throw new FieldsRefused(
          "html", "cannot be given here, since the message is added as text: use body or text");
    }
    String field = isAbsent(request, "text") ? "body" : "text";
    JsonNode written = request.get(field);
    boolean isText = written != null && written.isTextual();
    if (!isText || "html".equals(request.path("bodyFormat").textValue())) {
      throw new FieldsRefused(
          field, "is required, as text or Markdown: the message is added to it");
    }
    request.put(field, written.textValue() + "\n\n" + text);
  }

  private static String quoted(Message message) {
    return "On "
        + DATE.format(message.createdAt())
        + ", "
        + message.from()
        + " wrote:\n"
        + text(message).lines().map(line -> "> " + line).collect(Collectors.joining("\n"));
  }

  private static String forwarded(Message message) {
    return "---------- Forwarded message ----------\nFrom: "
        + message.from()
        + "\nDate: "
        + DATE.format(message.createdAt())
        + "\nSubject: "
        + message.subject()
        + "\nTo: "
        + String.join(", ", message.to())
        + "\n\n"
        + text(message);
  }

  private static String text(Message message) {
    if (message.text() != null) {
      return message.text();
    }
    if (message.html() == null) {
      return "";
    }
    return Objects.requireNonNullElse(
        AttachmentTexts.visibleExcerpt(message.html()), "[The text is left out: it is too long.]");
  }

  /** By reference: the files are in the content store already. */
  private void attach(ObjectNode request, Message message) {
    ArrayNode given =
        request.path("attachments").isArray() ? (ArrayNode) request.get("attachments") : null;
    for (Attachment file : attachments.ofMessage(message.id())) {
      if (file.sha256() != null && !file.inline()) {
        given = given == null ? request.putArray("attachments") : given;
        given.addObject().put("id", file.id().toString());
      }
    }
  }

  private static boolean isAbsent(ObjectNode request, String field) {
    JsonNode value = request.get(field);
    return value == null || value.isNull();
  }

  private static boolean flag(ObjectNode request, String field, boolean otherwise) {
    JsonNode value = request.remove(field);
    if (value == null || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw new FieldsRefused(field, "must be true or false");
    }
    return value.booleanValue();
  }
}
