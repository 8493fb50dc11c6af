package org.byoemail.console;

import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.retention.Erasure;
import org.byoemail.operations.retention.Erasures;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Confirms and starts the erasure of personal data, and shows its report. */
@Controller
@RequestMapping("/console/erasures")
class ErasurePageController {
  private final Erasures erasures;

  ErasurePageController(Erasures erasures) {
    this.erasures = erasures;
  }

  /** An erasure with its report. */
  record View(
      UUID id,
      String organization,
      String addressSha256,
      Badge status,
      DisplayTime requested,
      @Nullable DisplayTime finished,
      int messages,
      int beingSent,
      int mails,
      int events,
      int bounces,
      int suppressions,
      int rejected,
      int drafts) {

    static View of(Erasure erasure) {
      return new View(
          erasure.id(),
          erasure.organization().value(),
          erasure.addressSha256(),
          erasure.finishedAt() == null ? Badge.waiting("under way") : Badge.good("done"),
          DisplayTime.of(erasure.requestedAt()),
          DisplayTime.ofNullable(erasure.finishedAt()),
          erasure.messages(),
          erasure.beingSent(),
          erasure.mails(),
          erasure.events(),
          erasure.bounces(),
          erasure.suppressions(),
          erasure.rejected(),
          erasure.drafts());
    }
  }

  // A POST, so that the address is in no URL, which proxies log. It changes nothing.
  @PostMapping("/confirm")
  String confirm(
      @RequestParam String address,
      @RequestParam(defaultValue = "") String organization,
      Model model,
      RedirectAttributes flash) {
    OrganizationId owner = OrganizationField.orDefault(organization);
    try {
      model.addAttribute("address", AddressField.read(address).value());
    } catch (FieldsRefused e) {
      flash.addFlashAttribute("refused", e.getMessage());
      return "redirect:" + RetentionPageController.path(owner);
    }
    model.addAttribute("organization", owner.value());
    return "retention/erase";
  }

  @PostMapping
  String erase(
      @RequestParam String address,
      @RequestParam(defaultValue = "") String organization,
      RedirectAttributes flash) {
    OrganizationId owner = OrganizationField.orDefault(organization);
    return FlashActions.run(
        flash,
        RetentionPageController.path(owner),
        null,
        () -> {
          EmailAddress person = AddressField.read(address);
          erasures.request(owner, person);
          flash.addFlashAttribute(
              "done", "The erasure has started. The report below counts what is deleted.");
        });
  }

  @GetMapping("/{id}")
  String show(@PathVariable UUID id, Model model) {
    model.addAttribute(
        "erasure",
        erasures.find(id).map(View::of).orElseThrow(() -> new ResourceNotFound("erasure")));
    return "retention/erasure";
  }
}
