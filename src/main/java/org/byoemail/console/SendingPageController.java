package org.byoemail.console;

import org.byoemail.outbound.outbox.SendingPause;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Pauses all sending, and shows on each page of the outbox that it is. */
@Controller
@ControllerAdvice(assignableTypes = OutboxPageController.class)
class SendingPageController {
  private final SendingPause pause;

  SendingPageController(SendingPause pause) {
    this.pause = pause;
  }

  /** Who paused, and when. */
  record View(String by, DisplayTime at) {}

  @ModelAttribute("sendingPause")
  @Nullable View state() {
    return pause
        .state()
        .map(s -> new View(s.pausedBy(), DisplayTime.of(s.pausedAt())))
        .orElse(null);
  }

  @PostMapping("/console/sending/pause")
  String pause(Authentication who, RedirectAttributes flash) {
    pause.pause(who.getName());
    flash.addFlashAttribute("done", "Nothing leaves any more; submissions are still accepted.");
    return "redirect:/console/outbox";
  }

  @PostMapping("/console/sending/resume")
  String resume(RedirectAttributes flash) {
    pause.resume();
    flash.addFlashAttribute("done", "Mail leaves again.");
    return "redirect:/console/outbox";
  }
}
