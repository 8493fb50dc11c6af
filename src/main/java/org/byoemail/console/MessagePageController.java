package org.byoemail.console;

import java.util.List;
import java.util.UUID;
import org.byoemail.format.html.SafeHtml;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.composition.ComposedMail;
import org.byoemail.outbound.composition.StoredMails;
import org.byoemail.platform.access.Downloads;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.Conversation;
import org.byoemail.platform.conversation.ConversationMessage;
import org.byoemail.platform.conversation.Conversations;
import org.byoemail.platform.conversation.Direction;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** Pages of messages of both directions: HTML, attachments, raw mail, conversations. */
@Controller
class MessagePageController {
  private static final int PAGE_SIZE = 50;

  /** A text is in memory as bytes and as characters, and again in the page. */
  private static final int COPIES = 4;

  private final Messages messages;
  private final Attachments attachments;
  private final AttachmentPreviews previews;
  private final ContentStore content;
  private final Conversations conversations;
  private final StoredMails mails;
  private final ResponseBudget budget;

  MessagePageController(
      Messages messages,
      Attachments attachments,
      AttachmentPreviews previews,
      ContentStore content,
      Conversations conversations,
      StoredMails mails,
      ResponseBudget budget) {
    this.messages = messages;
    this.attachments = attachments;
    this.previews = previews;
    this.content = content;
    this.conversations = conversations;
    this.mails = mails;
    this.budget = budget;
  }

  /** A message of a conversation. */
  record Line(
      UUID id,
      boolean outbound,
      String from,
      List<String> to,
      String subject,
      @Nullable String text,
      DisplayTime createdAt) {

    static Line of(ConversationMessage message) {
      return new Line(
          message.id().value(),
          message.direction() == Direction.OUTBOUND,
          message.fromName() == null
              ? message.from()
              : message.fromName() + " <" + message.from() + ">",
          message.to(),
          message.subject(),
          message.text(),
          DisplayTime.of(message.createdAt()));
    }
  }

  @GetMapping("/console/messages/{id}/html")
  ResponseEntity<String> html(@PathVariable UUID id) {
    StoredMessageId message = new StoredMessageId(id);
    budget.take(SafeHtml.memory(messages.sizeOfTexts(message)));
    String html =
        messages.html(message, SafeHtml.MAX_LENGTH).orElseThrow(() -> new ResourceNotFound("HTML"));
    return frame(SafeHtml.FRAME_POLICY, SafeHtml.page(html));
  }

  @GetMapping("/console/attachments/{id}")
  ResponseEntity<Resource> attachment(@PathVariable UUID id) {
    Attachment file = stored(id);
    return Downloads.answer(
        file.name(), file.contentType(), file.size(), content.open(file.sha256()));
  }

  @GetMapping("/console/attachments/{id}/preview")
  ResponseEntity<String> preview(@PathVariable UUID id) {
    String page = previews.page(stored(id)).orElseThrow(() -> new ResourceNotFound("preview"));
    return frame(AttachmentPreviews.FRAME_POLICY, page);
  }

  private Attachment stored(UUID id) {
    return attachments
        .find(id)
        .filter(found -> found.sha256() != null)
        .orElseThrow(() -> new ResourceNotFound("attachment"));
  }

  private static ResponseEntity<String> frame(String policy, String page) {
    return ResponseEntity.ok()
        .header("Content-Security-Policy", policy)
        .header("Referrer-Policy", "no-referrer")
        .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
        .body(page);
  }

  @GetMapping("/console/outbox/{id}/raw")
  ResponseEntity<Resource> raw(@PathVariable UUID id) {
    StoredMessageId message = new StoredMessageId(id);
    if (!messages.isOutbound(message)) {
      throw new ResourceNotFound("message");
    }
    ComposedMail mail =
        budget
            .during(mails.memory(message), () -> mails.compose(message))
            .orElseThrow(() -> new ResourceNotFound("message"));
    return Downloads.answer(id + ".eml", "message/rfc822", mail.size(), mail.content());
  }

  /** The whole text; the page of the message shows its start. */
  @GetMapping("/console/messages/{id}/text")
  ResponseEntity<Resource> text(@PathVariable UUID id) {
    StoredMessageId message = new StoredMessageId(id);
    messages.organizationOf(message).orElseThrow(() -> new ResourceNotFound("message"));
    return Downloads.answer(
        id + ".txt", "text/plain;charset=UTF-8", -1, messages.bytes(message, Messages.Body.TEXT));
  }

  @GetMapping("/console/conversations/{id}")
  String conversation(
      @PathVariable UUID id, @RequestParam(required = false) @Nullable UUID after, Model model) {
    Conversation conversation =
        conversations
            .find(null, null, new ConversationId(id))
            .orElseThrow(() -> new ResourceNotFound("conversation"));
    Messages.Plan page =
        messages.plan(
            conversation.id(),
            null,
            StoredMessageId.ofNullable(after),
            PAGE_SIZE,
            budget.perRequest() / COPIES);
    budget.take(page.bytes() * COPIES);
    model.addAttribute("conversation", conversation);
    model.addAttribute("messages", messages.read(page).stream().map(Line::of).toList());
    model.addAttribute("next", page.isLast() ? null : page.ids().get(page.ids().size() - 1));
    return "messages/conversation";
  }
}
