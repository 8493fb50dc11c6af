package org.byoemail.console;

import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import java.time.Duration;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.StepRefused;
import org.byoemail.account.testmail.TooManyTestMails;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.RoundTrip;
import org.byoemail.operations.setup.RoundTrips;
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

/** Sends a test mail, and shows how far it is on a page that reloads itself. */
@Controller
@RequestMapping("/console/accounts/{id}/test-mail")
class TestMailPageController {
  private static final String RELOAD_SECONDS = "3";

  private final Accounts accounts;
  private final RoundTrips roundTrips;

  TestMailPageController(Accounts accounts, RoundTrips roundTrips) {
    this.accounts = accounts;
    this.roundTrips = roundTrips;
  }

  @PostMapping
  String send(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String to,
      Principal user,
      RedirectAttributes flash) {
    String path = "/console/accounts/" + id;
    try {
      return "redirect:"
          + path
          + "/test-mail/"
          + roundTrips.send(find(id), to, user.getName()).id();
    } catch (StepRefused | FieldsRefused | TooManyTestMails e) {
      flash.addFlashAttribute("refused", e.getMessage());
      return "redirect:" + path;
    }
  }

  @GetMapping("/{testId}")
  String show(
      @PathVariable UUID id, @PathVariable UUID testId, HttpServletResponse response, Model model) {
    Account account = find(id);
    RoundTrip trip =
        roundTrips
            .await(account, testId, Duration.ZERO)
            .orElseThrow(() -> new ResourceNotFound("test mail"));
    if (!trip.isOver()) {
      response.setHeader("Refresh", RELOAD_SECONDS);
    }
    model.addAttribute("id", id);
    model.addAttribute("address", account.address().value());
    model.addAttribute("trip", trip);
    return "accounts/test-mail";
  }

  private Account find(UUID id) {
    return accounts.find(new AccountId(id)).orElseThrow(() -> new ResourceNotFound("account"));
  }
}
