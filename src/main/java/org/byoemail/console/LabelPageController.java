package org.byoemail.console;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.Label;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.conversation.Annotations;
import org.byoemail.platform.conversation.AnnotationsChange;
import org.byoemail.platform.conversation.AnnotationsRefused;
import org.byoemail.platform.conversation.Labels;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The forms for the labels of a received message and of a conversation. */
@Controller
class LabelPageController {
  private final Labels labels;

  LabelPageController(Labels labels) {
    this.labels = labels;
  }

  /** A change of the labels of something; empty if there is no such thing. */
  private interface Target {
    Optional<Annotations> change(AnnotationsChange change);
  }

  @PostMapping("/console/inbox/{id}/labels")
  String message(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String add,
      @RequestParam(required = false) @Nullable String remove,
      RedirectAttributes flash) {
    return change(
        flash,
        "/console/inbox/" + id,
        add,
        remove,
        change -> labels.change(new StoredMessageId(id), change));
  }

  @PostMapping("/console/conversations/{id}/labels")
  String conversation(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String add,
      @RequestParam(required = false) @Nullable String remove,
      RedirectAttributes flash) {
    return change(
        flash,
        "/console/conversations/" + id,
        add,
        remove,
        change -> labels.change(new ConversationId(id), change));
  }

  private static String change(
      RedirectAttributes flash,
      String path,
      @Nullable String add,
      @Nullable String remove,
      Target target) {
    return FlashActions.run(
        flash,
        path,
        "Saved.",
        () -> {
          try {
            target
                .change(new AnnotationsChange(label(add), label(remove), null))
                .orElseThrow(() -> new ResourceNotFound("labels of that id"));
          } catch (AnnotationsRefused e) {
            throw new FieldsRefused("label", String.valueOf(e.getMessage()));
          }
        });
  }

  private static Set<Label> label(@Nullable String name) {
    if (name == null) {
      return Set.of();
    }
    try {
      return Set.of(Label.parse(name.strip()));
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("label", String.valueOf(e.getMessage()));
    }
  }
}
