package org.byoemail.console;

import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.suppression.Suppression;
import org.byoemail.outbound.suppression.SuppressionEvidence;
import org.byoemail.outbound.suppression.SuppressionReason;
import org.byoemail.outbound.suppression.Suppressions;
import org.byoemail.outbound.suppression.Unsubscriptions;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page of suppressed addresses. */
@Controller
@RequestMapping("/console/suppressions")
class SuppressionPageController {
  private static final int PAGE_SIZE = 50;
  private static final String PATH = "/console/suppressions";

  private final Suppressions suppressions;
  private final Unsubscriptions unsubscriptions;

  SuppressionPageController(Suppressions suppressions, Unsubscriptions unsubscriptions) {
    this.unsubscriptions = unsubscriptions;
    this.suppressions = suppressions;
  }

  /** A row of the list. */
  record Line(
      UUID id,
      String address,
      @Nullable UUID agent,
      String organization,
      String reason,
      String source,
      @Nullable String words,
      @Nullable UUID message,
      DisplayTime at,
      @Nullable DisplayTime until) {

    static Line of(Suppression one) {
      return new Line(
          one.id(),
          one.address().value(),
          one.agent() == null ? null : one.agent().value(),
          one.organization().value(),
          one.reason().sentence(),
          one.evidence().source().word(),
          one.evidence().words(),
          StoredMessageId.valueOrNull(one.evidence().message()),
          DisplayTime.of(one.createdAt()),
          DisplayTime.ofNullable(one.expiresAt()));
    }
  }

  @GetMapping
  String list(
      @RequestParam(required = false) @Nullable String address,
      @RequestParam(required = false) @Nullable UUID before,
      Model model) {
    Page<Line> page = page(address, before);
    model.addAttribute("lines", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("address", address);
    return "suppressions";
  }

  private Page<Line> page(@Nullable String address, @Nullable UUID before) {
    try {
      EmailAddress requested =
          address == null || address.isBlank() ? null : AddressField.read(address);
      return Page.of(
          suppressions.list(Viewer.organization(), requested, before, PAGE_SIZE + 1),
          PAGE_SIZE,
          Suppression::id,
          Line::of);
    } catch (FieldsRefused e) {
      // A text that is no address matches nothing; the page shows it in the filter.
      return new Page<>(List.of(), null);
    }
  }

  @PostMapping
  String add(
      @RequestParam String address,
      @RequestParam String organization,
      @RequestParam String note,
      RedirectAttributes flash) {
    OrganizationId owner = OrganizationField.orDefault(organization);
    return FlashActions.run(
        flash,
        PATH,
        null,
        () -> {
          EmailAddress suppressed = AddressField.read(address);
          suppressions.suppress(
              owner,
              suppressed,
              SuppressionReason.MANUAL,
              SuppressionEvidence.note(note.isBlank() ? null : note.strip()));
          flash.addFlashAttribute("done", "Suppressed: nothing is sent to " + suppressed + ".");
        });
  }

  @PostMapping("/lift")
  String lift(
      @RequestParam String address,
      @RequestParam String organization,
      @RequestParam(required = false) @Nullable UUID agent,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        null,
        () -> {
          EmailAddress suppressed = AddressField.read(address);
          OrganizationId owner = new OrganizationId(organization);
          if (agent == null
              ? !suppressions.lift(owner, suppressed)
              : !unsubscriptions.lift(owner, new AgentId(agent), suppressed)) {
            throw new ResourceNotFound("suppression");
          }
          flash.addFlashAttribute("done", "Lifted: the next mail to " + suppressed + " is sent.");
        });
  }
}
