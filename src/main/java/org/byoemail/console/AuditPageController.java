package org.byoemail.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditEntry;
import org.byoemail.platform.audit.AuditFilter;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The page of the audit log. */
@Controller
class AuditPageController {
  private static final int PAGE_SIZE = 50;
  private static final int MAX_DETAILS = 2000;

  private final AuditLog audit;

  AuditPageController(AuditLog audit) {
    this.audit = audit;
  }

  /** A row of the list. */
  record Line(
      String action,
      String actor,
      String kind,
      @Nullable String client,
      @Nullable String organization,
      @Nullable UUID subject,
      @Nullable String page,
      String summary,
      @Nullable String details,
      DisplayTime at) {

    static Line of(AuditEntry entry) {
      AuditActor actor = entry.actor();
      return new Line(
          entry.action(),
          actor.name(),
          actor.kind().word(),
          entry.client(),
          OrganizationId.valueOrNull(entry.organization()),
          entry.subject(),
          page(entry),
          summary(entry.details()),
          entry.details().isEmpty() ? null : cut(entry.details().toString()),
          DisplayTime.of(entry.at()));
    }

    private static @Nullable String page(AuditEntry entry) {
      String thing = entry.action().substring(0, entry.action().indexOf('.') + 1);
      String pages =
          switch (thing) {
            case "account." -> "/console/accounts/";
            case "agent." -> "/console/agents/";
            case "api_key." -> "/console/api-keys/";
            case "message." -> "/console/outbox/";
            case "quarantine.", "held." -> "/console/inbox/";
            default -> null;
          };
      boolean deleted = entry.action().endsWith(".deleted");
      return pages == null || entry.subject() == null || deleted ? null : pages + entry.subject();
    }

    /** The fields that were changed, or else what was named. */
    private static String summary(JsonNode details) {
      JsonNode changed = details.path("changed");
      if (!changed.isEmpty()) {
        StringBuilder fields = new StringBuilder();
        changed.forEach(
            field -> fields.append(fields.isEmpty() ? "" : ", ").append(field.asText()));
        return cut(fields.toString());
      }
      return cut(
          details.properties().stream()
              .filter(field -> field.getValue().isValueNode())
              .map(field -> field.getKey() + " " + field.getValue().asText())
              .collect(Collectors.joining(", ")));
    }

    private static String cut(String text) {
      return text.length() > MAX_DETAILS ? text.substring(0, MAX_DETAILS) + "…" : text;
    }
  }

  @GetMapping("/console/audit")
  String list(
      @RequestParam(required = false) @Nullable String actor,
      @RequestParam(required = false) @Nullable String action,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable UUID subject,
      @RequestParam(required = false) @Nullable UUID before,
      Model model) {
    Page<Line> page =
        Page.of(
            audit.list(
                new AuditFilter(
                    Viewer.organization(),
                    OrganizationId.ofNullable(given(organization)),
                    null,
                    given(actor),
                    given(action),
                    subject),
                before,
                PAGE_SIZE + 1),
            PAGE_SIZE,
            AuditEntry::id,
            Line::of);
    model.addAttribute("lines", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("actor", actor);
    model.addAttribute("action", action);
    model.addAttribute("organization", organization);
    model.addAttribute("subject", subject);
    return "audit";
  }

  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }
}
