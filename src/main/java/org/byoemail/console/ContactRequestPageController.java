package org.byoemail.console;

import java.util.UUID;
import org.byoemail.operations.setup.ContactRequest;
import org.byoemail.operations.setup.ContactRequests;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page of addresses that agents ask for. */
@Controller
@RequestMapping("/console/contact-requests")
class ContactRequestPageController {
  private static final int PAGE_SIZE = 50;
  private static final String PATH = "/console/contact-requests";

  private final ContactRequests requests;

  ContactRequestPageController(ContactRequests requests) {
    this.requests = requests;
  }

  /** A row of the list. */
  record Line(
      UUID id,
      UUID agent,
      String agentName,
      String organization,
      String address,
      String reason,
      String requestedBy,
      DisplayTime at) {
    static Line of(ContactRequest one) {
      return new Line(
          one.id(),
          one.agent().value(),
          one.agentName(),
          one.organization().value(),
          one.address().value(),
          one.reason(),
          one.requestedBy(),
          DisplayTime.of(one.requestedAt()));
    }
  }

  @GetMapping
  String list(@RequestParam(required = false) @Nullable UUID after, Model model) {
    Page<Line> page =
        Page.of(
            requests.list(
                Viewer.organization(), null, ContactRequest.Status.OPEN, after, PAGE_SIZE + 1),
            PAGE_SIZE,
            ContactRequest::id,
            Line::of);
    model.addAttribute("lines", page.items());
    model.addAttribute("next", page.next());
    return "contact-requests";
  }

  @PostMapping("/{id}/approve")
  String approve(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String reason,
      @AuthenticationPrincipal Caller caller,
      RedirectAttributes flash) {
    ContactRequest request = find(id);
    return FlashActions.run(
        flash,
        PATH,
        request.address().value() + " is a contact of " + request.agentName() + ".",
        () -> requests.approve(request, caller.publicName(), reason));
  }

  @PostMapping("/{id}/reject")
  String reject(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String reason,
      @AuthenticationPrincipal Caller caller,
      RedirectAttributes flash) {
    ContactRequest request = find(id);
    return FlashActions.run(
        flash,
        PATH,
        "The request for " + request.address().value() + " is rejected.",
        () -> requests.reject(request, caller.publicName(), reason));
  }

  private ContactRequest find(UUID id) {
    return requests.find(id).orElseThrow(() -> new ResourceNotFound("contact request"));
  }
}
