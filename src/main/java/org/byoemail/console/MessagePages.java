package org.byoemail.console;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.UUID;
import org.byoemail.access.Downloads;
import org.byoemail.composition.Composer;
import org.byoemail.conversation.Attachment;
import org.byoemail.conversation.Attachments;
import org.byoemail.conversation.ContentStore;
import org.byoemail.conversation.Conversation;
import org.byoemail.conversation.Conversations;
import org.byoemail.conversation.Message;
import org.byoemail.conversation.Messages;
import org.byoemail.outbox.OutboundStory;
import org.byoemail.outbox.Outbox;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** What both directions have: the HTML in its frame, files, raw mail, conversations. */
@Controller
class MessagePages {
  private static final int MOST_MESSAGES = 200;
  private static final String FRAME_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

  private final Messages messages;
  private final Attachments attachments;
  private final ContentStore content;
  private final Conversations conversations;
  private final Outbox outbox;
  private final Composer composer;
  private final SafeHtml safeHtml;

  MessagePages(
      Messages messages,
      Attachments attachments,
      ContentStore content,
      Conversations conversations,
      Outbox outbox,
      Composer composer,
      SafeHtml safeHtml) {
    this.messages = messages;
    this.attachments = attachments;
    this.content = content;
    this.conversations = conversations;
    this.outbox = outbox;
    this.composer = composer;
    this.safeHtml = safeHtml;
  }

  @GetMapping("/console/messages/{id}/html")
  ResponseEntity<String> html(@PathVariable UUID id) {
    String html = messages.find(id).map(Message::html).orElseThrow(() -> new Gone("HTML"));
    return ResponseEntity.ok()
        .header("Content-Security-Policy", FRAME_POLICY)
        .header("Referrer-Policy", "no-referrer")
        .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
        .body(safeHtml.page(html));
  }

  @GetMapping("/console/attachments/{id}")
  ResponseEntity<Resource> attachment(@PathVariable UUID id) {
    Attachment file =
        attachments
            .find(id)
            .filter(found -> found.sha256() != null)
            .orElseThrow(() -> new Gone("attachment"));
    return Downloads.answer(
        file.name(), file.contentType(), file.size(), content.open(file.sha256()));
  }

  @GetMapping("/console/outbox/{id}/raw")
  ResponseEntity<Resource> raw(@PathVariable UUID id) {
    OutboundStory story = outbox.story(id).orElseThrow(() -> new Gone("message"));
    byte[] mail = composer.render(story.message(), story.attachments());
    return Downloads.answer(
        id + ".eml", "message/rfc822", mail.length, new ByteArrayInputStream(mail));
  }

  @GetMapping("/console/conversations/{id}")
  String conversation(@PathVariable UUID id, Model model) {
    Conversation conversation = conversations.find(id).orElseThrow(() -> new Gone("conversation"));
    List<MessageView> shown =
        messages.ofConversation(id, MOST_MESSAGES).stream()
            .map(message -> MessageView.of(message, List.of()))
            .toList();
    model.addAttribute("conversation", conversation);
    model.addAttribute("messages", shown);
    return "messages/conversation";
  }
}
