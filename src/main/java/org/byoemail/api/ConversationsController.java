package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.access.Caller;
import org.byoemail.conversation.Conversation;
import org.byoemail.conversation.Conversations;
import org.byoemail.conversation.Message;
import org.byoemail.conversation.Messages;
import org.byoemail.inbound.NewTexts;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What agents exchange with the same people about one thing. */
@RestController
@RequestMapping("/api/v1/conversations")
@Tag(name = "conversations")
class ConversationsController {
  private static final int MOST_MESSAGES = 200;

  private final Conversations conversations;
  private final Messages messages;
  private final NewTexts texts;

  ConversationsController(Conversations conversations, Messages messages, NewTexts texts) {
    this.texts = texts;
    this.conversations = conversations;
    this.messages = messages;
  }

  /** A conversation. */
  @Schema(name = "Conversation")
  record Shown(
      UUID id,
      UUID agent,
      String subject,
      @Nullable UUID relatedTo,
      Instant createdAt,
      Instant lastMessageAt) {

    static Shown of(Conversation conversation) {
      return new Shown(
          conversation.id(),
          conversation.agent().value(),
          conversation.subject(),
          conversation.relatedTo(),
          conversation.createdAt(),
          conversation.lastMessageAt());
    }
  }

  /**
   * A message in a conversation.
   *
   * @param newText the text without what it quotes; null for outbound messages, and where that is
   *     switched off
   */
  @Schema(name = "ConversationMessage")
  record Item(
      UUID id,
      String direction,
      String from,
      List<String> to,
      String subject,
      @Nullable String text,
      @Nullable String newText,
      Instant createdAt) {

    static Item of(Message message, @Nullable String newText) {
      return new Item(
          message.id(),
          message.direction().word(),
          message.from(),
          message.to(),
          message.subject(),
          message.text(),
          newText,
          message.createdAt());
    }
  }

  /**
   * A conversation with its messages.
   *
   * @param messages oldest first, the first 200
   */
  @Schema(name = "ConversationWithMessages")
  record Whole(
      UUID id,
      UUID agent,
      String subject,
      @Nullable UUID relatedTo,
      Instant createdAt,
      Instant lastMessageAt,
      List<Item> messages) {}

  @GetMapping
  Page<Shown> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = Asked.limit(limit);
    return Page.of(
        conversations.list(
            Organizations.of(caller, organization), agent, Asked.cursor(cursor), rows + 1),
        rows,
        Conversation::id,
        Shown::of);
  }

  @GetMapping("/{id}")
  Whole get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    Conversation found = conversations.find(id).orElseThrow(() -> new NotThere("conversation"));
    List<Message> all = messages.ofConversation(id, MOST_MESSAGES);
    if (all.isEmpty() || !caller.sees(all.get(0).organization())) {
      throw new NotThere("conversation");
    }
    return new Whole(
        found.id(),
        found.agent().value(),
        found.subject(),
        found.relatedTo(),
        found.createdAt(),
        found.lastMessageAt(),
        all.stream().map(one -> Item.of(one, texts.of(one))).toList());
  }
}
