package org.byoemail.console;

import org.byoemail.platform.restore.DatabaseLife;
import org.byoemail.platform.restore.RestoreConflict;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Shows on the outbox that the database was restored, and has its queued mail reconciled. */
@Controller
@ControllerAdvice(assignableTypes = OutboxPageController.class)
class RestorePageController {
  private final DatabaseLife life;

  RestorePageController(DatabaseLife life) {
    this.life = life;
  }

  /** A restore that was not ended. */
  record RestoreView(
      DisplayTime backupAt,
      String reason,
      boolean behind,
      boolean reconciling,
      int found,
      int held) {}

  @ModelAttribute("restore")
  @Nullable RestoreView state() {
    return life.restored()
        .map(
            state ->
                new RestoreView(
                    DisplayTime.of(state.backupAt()),
                    state.reason(),
                    state.behind(),
                    state.reconcilingSince() != null,
                    state.found(),
                    state.held()))
        .orElse(null);
  }

  @PostMapping("/console/restore/reconcile")
  String reconcile(@RequestParam(defaultValue = "false") boolean moved, RedirectAttributes flash) {
    try {
      life.reconcile(moved);
      flash.addFlashAttribute(
          "done", moved ? "Sending goes on." : "Queued mail is being reconciled.");
    } catch (RestoreConflict e) {
      flash.addFlashAttribute("error", e.getMessage());
    }
    return "redirect:/console/outbox";
  }
}
