package org.byoemail.console;

import java.util.UUID;
import org.byoemail.account.rollout.AccountRollout;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.account.rollout.RolloutState;
import org.byoemail.platform.access.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The page of the rollout: which accounts are used, and why. */
@Controller
class RolloutPageController {
  private static final int PAGE_SIZE = 50;

  private final Rollout rollout;

  RolloutPageController(Rollout rollout) {
    this.rollout = rollout;
  }

  /** An account. */
  record Line(UUID account, String address, String organization, Side sending, Side receiving) {
    static Line of(AccountRollout rollout) {
      return new Line(
          rollout.account().value(),
          rollout.address(),
          rollout.organization().value(),
          Side.of(rollout.sending()),
          Side.of(rollout.receiving()));
    }
  }

  /** One side of an account. */
  record Side(Badge badge, String why, DisplayTime since) {
    static Side of(AccountRollout.Value value) {
      return new Side(
          value.on() ? Badge.good("on") : Badge.waiting("off"),
          value.why(),
          DisplayTime.of(value.since()));
    }
  }

  @GetMapping("/console/rollout")
  String list(
      @RequestParam(required = false) @Nullable Boolean on,
      @RequestParam(required = false) @Nullable UUID after,
      Model model) {
    Page<Line> page =
        Page.of(
            rollout.list(null, on, after, PAGE_SIZE + 1),
            PAGE_SIZE,
            each -> each.account().value(),
            Line::of);
    RolloutState state = rollout.state();
    model.addAttribute("state", state);
    model.addAttribute(
        "evaluatedAt", state.evaluatedAt() == null ? null : DisplayTime.of(state.evaluatedAt()));
    model.addAttribute(
        "failingSince", state.failingSince() == null ? null : DisplayTime.of(state.failingSince()));
    model.addAttribute("lines", page.items());
    model.addAttribute("on", on);
    model.addAttribute("next", page.next());
    return "rollout";
  }
}
