package org.byoemail.console;

import java.util.UUID;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AgentId;
import org.byoemail.outbound.delivery.SendingStops;
import org.byoemail.outbound.outbox.SendingPause;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * Pauses and resumes all sending, shows the pause on every page, and stops agents and
 * organizations.
 */
@Controller
@ControllerAdvice(basePackageClasses = SendingPageController.class)
class SendingPageController {
  private final SendingPause pause;
  private final SendingStops stops;
  private final Agents agents;

  SendingPageController(SendingPause pause, SendingStops stops, Agents agents) {
    this.stops = stops;
    this.agents = agents;
    this.pause = pause;
  }

  /** Who paused sending, and when. */
  record PauseView(String by, DisplayTime at) {}

  @ModelAttribute("sendingPause")
  @Nullable PauseView state(@Nullable Authentication who) {
    if (who == null) {
      return null; // The page of the login.
    }
    return pause
        .state()
        .map(s -> new PauseView(s.pausedBy(), DisplayTime.of(s.pausedAt())))
        .orElse(null);
  }

  /**
   * Stops an agent, or all agents of its organization.
   *
   * @param confirmed the box below the names of what is stopped
   */
  @PostMapping("/console/agents/{id}/stop")
  String stop(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "false") boolean organization,
      @RequestParam(defaultValue = "false") boolean confirmed,
      @RequestParam(required = false) @Nullable String reason,
      Authentication who,
      RedirectAttributes flash) {
    Agent agent = find(id);
    String page = "redirect:/console/agents/" + id;
    if (!confirmed) {
      flash.addFlashAttribute("refused", "Nothing was stopped: tick the box to confirm.");
      return page;
    }
    try {
      stops.stop(agent.organization(), organization ? null : agent.id(), who.getName(), reason);
      flash.addFlashAttribute(
          "done", "Sending of " + subject(agent, organization) + " is stopped.");
    } catch (IllegalArgumentException e) {
      flash.addFlashAttribute("refused", "The reason " + e.getMessage() + ".");
    }
    return page;
  }

  @PostMapping("/console/agents/{id}/start")
  String start(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "false") boolean organization,
      RedirectAttributes flash) {
    Agent agent = find(id);
    boolean started = stops.start(agent.organization(), organization ? null : agent.id());
    flash.addFlashAttribute(
        "done",
        "Sending of "
            + subject(agent, organization)
            + (started ? " is started." : " was not stopped."));
    return "redirect:/console/agents/" + id;
  }

  private Agent find(UUID id) {
    return agents.find(new AgentId(id)).orElseThrow(() -> new ResourceNotFound("agent"));
  }

  private static String subject(Agent agent, boolean organization) {
    return organization ? "all agents of " + agent.organization() : agent.name();
  }

  /** Asks for confirmation. */
  @GetMapping("/console/sending/pause")
  String confirm() {
    return "messages/pause";
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
