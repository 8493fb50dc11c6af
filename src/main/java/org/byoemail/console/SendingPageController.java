package org.byoemail.console;

import org.byoemail.outbound.outbox.SendingPause;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Pauses and resumes all sending, and shows the pause on the pages of the outbox. */
@Controller
@ControllerAdvice(assignableTypes = OutboxPageController.class)
class SendingPageController {
  private final SendingPause pause;

  SendingPageController(SendingPause pause) {
    this.pause = pause;
  }

  /** Who paused sending, and when. */
  record PauseView(String by, DisplayTime at) {}

  @ModelAttribute("sendingPause")
  @Nullable PauseView state() {
    return pause
        .state()
        .map(s -> new PauseView(s.pausedBy(), DisplayTime.of(s.pausedAt())))
        .orElse(null);
  }

  @PostMapping("/console/sending/pause")
  String pause(Authentication who, RedirectAttributes flash) {
    pause.pause(who.getName());
    flash.addFlashAttribute("done", "Sending is paused. Submissions are still accepted.");
    return "redirect:/console/outbox";
  }

  @PostMapping("/console/sending/resume")
  String resume(RedirectAttributes flash) {
    pause.end();
    flash.addFlashAttribute("done", "Sending is resumed.");
    return "redirect:/console/outbox";
  }
}
