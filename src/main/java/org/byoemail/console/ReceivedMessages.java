package org.byoemail.console;

import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.ingest.Screening;
import org.byoemail.inbound.ingest.Screenings;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Labels;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;

/** What the page of a received mail shows of the message that it became. */
@Component
class ReceivedMessages {
  private final Messages messages;
  private final Attachments attachments;
  private final Screenings screenings;
  private final Labels labels;

  ReceivedMessages(
      Messages messages, Attachments attachments, Screenings screenings, Labels labels) {
    this.messages = messages;
    this.attachments = attachments;
    this.screenings = screenings;
    this.labels = labels;
  }

  /**
   * Adds the message, its findings and its labels to the model.
   *
   * @param id null if the mail became no message
   * @return the message, with the start of its texts
   */
  Optional<Message> addTo(Model model, @Nullable StoredMessageId id) {
    Optional<Message> message = Optional.ofNullable(id).flatMap(messages::excerpt);
    model.addAttribute(
        "message",
        message.map(one -> MessageView.of(one, attachments.ofMessage(one.id()))).orElse(null));
    model.addAttribute(
        "screening", message.map(one -> screenings.ofMessage(one.id())).orElse(Screening.NOTHING));
    model.addAttribute(
        "labels",
        message
            .map(Message::id)
            .map(
                one -> labels.ofMessages(List.of(one.value())).getOrDefault(one.value(), List.of()))
            .orElse(List.of()));
    return message;
  }
}
