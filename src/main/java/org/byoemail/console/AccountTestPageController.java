package org.byoemail.console;

import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.StepRefused;
import org.byoemail.account.testrun.TestRun;
import org.byoemail.account.testrun.TestRuns;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountSwitches;
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

/** Tests a side of an account, and shows the steps on a page that reloads itself. */
@Controller
@RequestMapping("/console/accounts/{id}")
class AccountTestPageController {
  private static final String RELOAD_SECONDS = "1";

  private final Accounts accounts;
  private final AccountSwitches switches;
  private final TestRuns runs;

  AccountTestPageController(Accounts accounts, AccountSwitches switches, TestRuns runs) {
    this.accounts = accounts;
    this.switches = switches;
    this.runs = runs;
  }

  @PostMapping("/test/{side}")
  String begin(@PathVariable UUID id, @PathVariable String side, RedirectAttributes flash) {
    Account account = find(id);
    Protocol tested = AccountPageController.side(side);
    String path = "redirect:/console/accounts/" + id;
    try {
      return path + "/tests/" + switches.beginTest(account, tested).id();
    } catch (StepRefused | TooManyTests e) {
      flash.addFlashAttribute("refused", e.getMessage());
      return path;
    }
  }

  /**
   * The steps so far; after the end, the page of the account has them.
   *
   * @param signIn the sign-in whose token is tested; null: none
   */
  @GetMapping("/tests/{run}")
  String show(
      @PathVariable UUID id,
      @PathVariable UUID run,
      @RequestParam(required = false) @Nullable UUID signIn,
      HttpServletResponse response,
      Model model) {
    Account account = find(id);
    TestRun test = runs.find(account.id(), run).orElseThrow(() -> new ResourceNotFound("test run"));
    if (!test.isRunning()) {
      return "redirect:/console/accounts/"
          + id
          + (signIn == null ? "?test=" + run : "?signIn=" + signIn);
    }
    response.setHeader("Refresh", RELOAD_SECONDS);
    model.addAttribute("id", id);
    model.addAttribute("address", account.address().value());
    model.addAttribute("test", test);
    return "accounts/test";
  }

  private Account find(UUID id) {
    return accounts.find(new AccountId(id)).orElseThrow(() -> new ResourceNotFound("account"));
  }
}
