package org.byoemail.console;

import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.delivery.AccountLimits;
import org.byoemail.outbound.limit.SendingLimit;
import org.byoemail.outbound.limit.SendingLimits;
import org.byoemail.setup.AccountSetup;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** How much an account may send. */
@Controller
class LimitPages {
  private final AccountSetup setup;
  private final AccountLimits limits;

  LimitPages(AccountSetup setup, AccountLimits limits) {
    this.setup = setup;
    this.limits = limits;
  }

  @PostMapping("/console/accounts/{id}/limits")
  String set(
      @PathVariable UUID id, @RequestParam Map<String, String> form, RedirectAttributes flash) {
    Account account =
        setup.find(new AccountId(id)).orElseThrow(() -> new PageNotFound("account")).account();
    try {
      Map<SendingLimit, Integer> amounts = new EnumMap<>(SendingLimit.class);
      for (SendingLimit limit : SendingLimit.values()) {
        Integer amount = number(form.get(limit.column()));
        if (amount != null) {
          amounts.put(limit, amount);
        }
      }
      limits.set(account, new SendingLimits(amounts), number(form.get(LimitsView.CONNECTIONS)));
      flash.addFlashAttribute("done", "Saved: the limits hold within seconds.");
    } catch (NumberFormatException e) {
      flash.addFlashAttribute("refused", "A limit is a number, 0 for none, or empty.");
    } catch (IllegalArgumentException e) {
      flash.addFlashAttribute("refused", e.getMessage());
    }
    return "redirect:/console/accounts/" + id;
  }

  private static @Nullable Integer number(@Nullable String text) {
    return text == null || text.isBlank() ? null : Integer.valueOf(text.strip());
  }
}
