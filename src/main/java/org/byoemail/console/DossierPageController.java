package org.byoemail.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.conversation.Messages;
import org.byoemail.platform.dossier.Dossiers;
import org.byoemail.platform.dossier.MessageDossier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** The dossier of an outbound message, to be read, printed, or downloaded and verified. */
@Controller
class DossierPageController {
  private final Messages messages;
  private final Dossiers dossiers;

  DossierPageController(Messages messages, Dossiers dossiers) {
    this.messages = messages;
    this.dossiers = dossiers;
  }

  /** A name and its value within an entry. */
  record Fact(String name, String value) {}

  /**
   * An entry.
   *
   * @param facts none if they were erased
   * @param seal null: not sealed so far
   */
  record Line(
      long number,
      String kind,
      DisplayTime at,
      boolean erased,
      List<Fact> facts,
      @Nullable Long seal) {
    static Line of(MessageDossier.Entry entry) {
      List<Fact> facts = new ArrayList<>();
      if (entry.content() != null) {
        add("", entry.content(), facts);
      }
      return new Line(
          entry.number(),
          entry.kind().replace('_', ' '),
          DisplayTime.of(entry.recordedAt()),
          entry.content() == null,
          facts,
          entry.seal());
    }

    private static void add(String name, JsonNode value, List<Fact> facts) {
      if (value.isObject()) {
        value
            .properties()
            .forEach(
                field ->
                    add(
                        name.isEmpty() ? field.getKey() : name + " " + field.getKey(),
                        field.getValue(),
                        facts));
      } else if (value.isArray()) {
        value.forEach(one -> add(name, one, facts));
      } else if (!value.isNull()) {
        facts.add(new Fact(name, value.asText()));
      }
    }
  }

  @GetMapping("/console/outbox/{id}/dossier")
  String page(@PathVariable UUID id, Model model) {
    MessageDossier dossier = dossier(id);
    model.addAttribute("dossier", dossier);
    model.addAttribute("lines", dossier.entries().stream().map(Line::of).toList());
    return "messages/dossier";
  }

  @GetMapping("/console/outbox/{id}/dossier.json")
  ResponseEntity<MessageDossier> json(@PathVariable UUID id) {
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"dossier-" + id + ".json\"")
        .body(dossier(id));
  }

  private MessageDossier dossier(UUID id) {
    StoredMessageId message = new StoredMessageId(id);
    OrganizationId organization =
        messages
            .organizationOf(message)
            .filter(found -> messages.isOutbound(message))
            .orElseThrow(() -> new ResourceNotFound("message"));
    return dossiers.of(message, organization);
  }
}
