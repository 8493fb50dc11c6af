package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.ingest.UnquotedTexts;
import org.byoemail.outbound.delivery.SubmissionIds;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.conversation.Conversation;
import org.byoemail.platform.conversation.ConversationMessage;
import org.byoemail.platform.conversation.Conversations;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Conversations: the messages that an agent and its correspondents exchange on a subject. */
@RestController
@RequestMapping("/api/v1/conversations")
@Tag(name = "conversations")
class ConversationsController {
  private static final int DEFAULT_MESSAGES = 200;

  /** A text is in memory as bytes and as characters, and again without quotations. */
  private static final int COPIES = 4;

  private final Conversations conversations;
  private final Messages messages;
  private final UnquotedTexts texts;
  private final SubmissionIds submissions;
  private final ResponseBudget budget;

  ConversationsController(
      Conversations conversations,
      Messages messages,
      UnquotedTexts texts,
      SubmissionIds submissions,
      ResponseBudget budget) {
    this.submissions = submissions;
    this.budget = budget;
    this.texts = texts;
    this.conversations = conversations;
    this.messages = messages;
  }

  /** A conversation. */
  @Schema(name = "Conversation")
  record ConversationResponse(
      UUID id,
      UUID agent,
      String subject,
      @Nullable UUID relatedTo,
      Instant createdAt,
      Instant lastMessageAt,
      List<String> labels,
      Map<String, Object> metadata) {

    static ConversationResponse of(Conversation conversation) {
      return new ConversationResponse(
          conversation.id().value(),
          conversation.agent().value(),
          conversation.subject(),
          ConversationId.valueOrNull(conversation.relatedTo()),
          conversation.createdAt(),
          conversation.lastMessageAt(),
          conversation.annotations().labels(),
          conversation.annotations().metadata());
    }
  }

  /**
   * A message in a conversation; all of it is at {@code /messages/{id}}.
   *
   * @param submissionId the producer's id of an outbound message; null for inbound ones
   * @param to the first 100 addresses
   * @param toTruncated whether there are more
   * @param text the first 10,000 characters
   * @param textTruncated whether there are more
   * @param newText the text without quotations; null for outbound messages, and if switched off
   */
  @Schema(name = "ConversationMessage")
  record ConversationMessageResponse(
      UUID id,
      String direction,
      @Nullable String submissionId,
      String from,
      List<String> to,
      boolean toTruncated,
      String subject,
      @Nullable String text,
      boolean textTruncated,
      @Nullable String newText,
      Instant createdAt) {

    static ConversationMessageResponse of(
        ConversationMessage message, @Nullable String submissionId, @Nullable String newText) {
      return new ConversationMessageResponse(
          message.id().value(),
          message.direction().word(),
          submissionId,
          message.from(),
          message.to(),
          message.moreTo(),
          message.subject(),
          message.text(),
          message.moreText(),
          newText,
          message.createdAt());
    }
  }

  /**
   * A conversation with a page of its messages.
   *
   * @param messages oldest first; fewer than requested if they are large
   * @param next the cursor of the next page; null on the last one
   */
  @Schema(name = "ConversationWithMessages")
  record ConversationWithMessages(
      UUID id,
      UUID agent,
      String subject,
      @Nullable UUID relatedTo,
      Instant createdAt,
      Instant lastMessageAt,
      List<String> labels,
      Map<String, Object> metadata,
      List<ConversationMessageResponse> messages,
      @Nullable String next) {}

  @GetMapping
  @Operation(operationId = "listConversations", summary = "List conversations")
  Page<ConversationResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable UUID agent,
      @Parameter(description = "only conversations with this label") @RequestParam(required = false)
          @Nullable String label,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        conversations.list(
            RequestParams.organization(caller, organization),
            caller.scope(),
            agent,
            RequestParams.label(label),
            RequestParams.cursor(cursor),
            rows + 1),
        rows,
        Conversation::id,
        ConversationResponse::of);
  }

  @GetMapping("/{id}")
  @Operation(
      operationId = "getConversation",
      summary = "Get a conversation with its messages",
      description =
          "The oldest messages first, 200 unless `limit` says less: give `next` as `cursor` for"
              + " the following ones. Long texts are cut (`textTruncated`); a message has its whole"
              + " text.")
  ConversationWithMessages get(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit, DEFAULT_MESSAGES);
    UUID after = RequestParams.cursor(cursor);
    Conversation found =
        conversations
            .find(caller.organization(), caller.scope(), new ConversationId(id))
            .orElseThrow(() -> new ResourceNotFound("conversation"));
    Messages.Plan page =
        messages.plan(
            found.id(),
            caller.scope(),
            StoredMessageId.ofNullable(after),
            rows,
            budget.perRequest() / COPIES);
    budget.take(page.bytes() * COPIES);
    Map<StoredMessageId, String> submissionIds = submissions.of(page.ids());
    List<ConversationMessageResponse> items =
        messages.read(page).stream()
            .map(
                one ->
                    ConversationMessageResponse.of(
                        one, submissionIds.get(one.id()), texts.of(one.direction(), one.text())))
            .toList();
    return new ConversationWithMessages(
        found.id().value(),
        found.agent().value(),
        found.subject(),
        ConversationId.valueOrNull(found.relatedTo()),
        found.createdAt(),
        found.lastMessageAt(),
        found.annotations().labels(),
        found.annotations().metadata(),
        items,
        page.isLast() ? null : page.ids().get(page.ids().size() - 1).toString());
  }
}
