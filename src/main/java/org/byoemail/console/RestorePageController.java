package org.byoemail.console;

import org.byoemail.platform.restore.RestoreConflict;
import org.byoemail.platform.restore.RestoreDetection;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Shows on the outbox page that the database was restored, and reconciles its queued mail. */
@Controller
@ControllerAdvice(assignableTypes = OutboxPageController.class)
class RestorePageController {
  private final RestoreDetection restore;

  RestorePageController(RestoreDetection restore) {
    this.restore = restore;
  }

  /** A restore that has not been reconciled. */
  record RestoreView(
      DisplayTime backupAt,
      String reason,
      boolean behind,
      boolean reconciling,
      int found,
      int held) {}

  @ModelAttribute("restore")
  @Nullable RestoreView state() {
    if (Viewer.organization() != null) {
      return null;
    }
    return restore
        .restored()
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
      restore.reconcile(moved);
      flash.addFlashAttribute(
          "done", moved ? "Sending has resumed." : "Queued mail is being reconciled.");
    } catch (RestoreConflict e) {
      flash.addFlashAttribute("error", e.getMessage());
    }
    return "redirect:/console/outbox";
  }
}
