package org.byoemail.console;

import java.util.UUID;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
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
        .map(
            s ->
                new PauseView(
                    Viewer.organization() == null ? s.pausedBy() : "the operator",
                    DisplayTime.of(s.pausedAt())))
        .orElse(null);
  }

  /**
   * Stops an agent.
   *
   * @param confirmed the check box below the name of the agent or organization to be stopped
   */
  @PostMapping("/console/agents/{id}/stop")
  String stop(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "false") boolean confirmed,
      @RequestParam(required = false) @Nullable String reason,
      RedirectAttributes flash) {
    Agent agent = find(id);
    stop(agent.organization(), agent, confirmed, reason, flash);
    return page(agent);
  }

  @PostMapping("/console/agents/{id}/start")
  String start(@PathVariable UUID id, RedirectAttributes flash) {
    Agent agent = find(id);
    start(agent.organization(), agent, flash);
    return page(agent);
  }

  /** Stops all agents of an organization. */
  @PostMapping("/console/sending-policy/stop")
  String stop(
      @RequestParam String organization,
      @RequestParam(defaultValue = "false") boolean confirmed,
      @RequestParam(required = false) @Nullable String reason,
      RedirectAttributes flash) {
    OrganizationId owner = OrganizationField.orDefault(organization);
    stop(owner, null, confirmed, reason, flash);
    return page(owner);
  }

  @PostMapping("/console/sending-policy/start")
  String start(@RequestParam String organization, RedirectAttributes flash) {
    OrganizationId owner = OrganizationField.orDefault(organization);
    start(owner, null, flash);
    return page(owner);
  }

  private void stop(
      OrganizationId organization,
      @Nullable Agent agent,
      boolean confirmed,
      @Nullable String reason,
      RedirectAttributes flash) {
    if (!confirmed) {
      flash.addFlashAttribute("refused", "Nothing was stopped: tick the box to confirm.");
      return;
    }
    try {
      stops.stop(
          organization, agent == null ? null : agent.id(), Viewer.caller().publicName(), reason);
      flash.addFlashAttribute("done", "Sending of " + words(organization, agent) + " is stopped.");
    } catch (IllegalArgumentException e) {
      flash.addFlashAttribute("refused", "The reason " + e.getMessage() + ".");
    }
  }

  private void start(OrganizationId organization, @Nullable Agent agent, RedirectAttributes flash) {
    boolean started = stops.start(organization, agent == null ? null : agent.id());
    flash.addFlashAttribute(
        "done",
        "Sending of "
            + words(organization, agent)
            + (started ? " is started." : " was not stopped."));
  }

  private Agent find(UUID id) {
    return agents.find(new AgentId(id)).orElseThrow(() -> new ResourceNotFound("agent"));
  }

  private static String words(OrganizationId organization, @Nullable Agent agent) {
    return agent == null ? "all agents of " + organization : agent.name();
  }

  private static String page(Agent agent) {
    return "redirect:" + SendingPolicyPageController.path(agent.id()) + "#stop";
  }

  private static String page(OrganizationId organization) {
    return "redirect:" + SendingPolicyPageController.path(organization) + "#stop";
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
