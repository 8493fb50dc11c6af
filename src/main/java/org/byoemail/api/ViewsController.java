package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.byoemail.api.AgentViews.Format;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Messages and conversations as an agent reads them. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "messages")
class ViewsController {
  private final AgentViews views;

  ViewsController(AgentViews views) {
    this.views = views;
  }

  @GetMapping("/messages/{id}/view")
  @Operation(
      operationId = "viewMessage",
      summary = "Read a message as an agent does",
      description =
          "The new text of a message, without what it quotes, in pieces; the first has the"
              + " attachments, with their text where their type is text. Never HTML. Mail that is"
              + " held for review, or became no message, is a 404.")
  MessageView message(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(description = "text (default), or markdown: escaped, so that it shows the text")
          @RequestParam(required = false)
          @Nullable String format,
      @Parameter(description = "index of the first character: `next` of the piece before")
          @RequestParam(required = false)
          @Nullable Integer from,
      @Parameter(description = "characters at most, 1000 to 100000; 20000 by default")
          @RequestParam(required = false)
          @Nullable Integer max) {
    if (from != null && from < 0) {
      throw new FieldsRefused("from", "must be 0 or more");
    }
    return views.message(caller, id, format(format), from == null ? 0 : from, characters(max));
  }

  @GetMapping("/conversations/{id}/view")
  @Operation(
      operationId = "viewConversation",
      summary = "Read a conversation as an agent does",
      description =
          "The messages of a conversation, the oldest first, each as `GET /messages/{id}/view` has"
              + " it: as many as fit into `max` characters, one at least. Give `next` as `cursor`"
              + " for the messages after them.")
  MessageView.ConversationView conversation(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(description = "text (default), or markdown: escaped, so that it shows the text")
          @RequestParam(required = false)
          @Nullable String format,
      @RequestParam(required = false) @Nullable String cursor,
      @Parameter(description = "characters at most, 1000 to 100000; 20000 by default")
          @RequestParam(required = false)
          @Nullable Integer max) {
    return views.conversation(
        caller, id, format(format), RequestParams.cursor(cursor), characters(max));
  }

  private static Format format(@Nullable String word) {
    if (word == null || word.equals("text")) {
      return Format.TEXT;
    }
    if (word.equals("markdown")) {
      return Format.MARKDOWN;
    }
    throw new FieldsRefused("format", "must be text or markdown");
  }

  private static int characters(@Nullable Integer max) {
    if (max != null && (max < AgentViews.MIN_CHARACTERS || max > AgentViews.MAX_CHARACTERS)) {
      throw new FieldsRefused(
          "max", "must be " + AgentViews.MIN_CHARACTERS + " to " + AgentViews.MAX_CHARACTERS);
    }
    return max == null ? AgentViews.DEFAULT_CHARACTERS : max;
  }
}
