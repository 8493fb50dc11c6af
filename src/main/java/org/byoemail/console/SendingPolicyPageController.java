package org.byoemail.console;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.AgentSetup;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.delivery.SendingStops;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The sending policies of agents, and the minimum for all agents of an organization. Next to each
 * field of an agent's policy it says where the organization's is stricter, and so applies.
 */
@Controller
@RequestMapping("/console")
class SendingPolicyPageController {
  private static final String VIEW = "agents/sending-policy";
  private static final int MAX_STOPS = 1_000;

  private final Agents agents;
  private final AgentSetup setup;
  private final SendingStops stops;

  SendingPolicyPageController(Agents agents, AgentSetup setup, SendingStops stops) {
    this.agents = agents;
    this.setup = setup;
    this.stops = stops;
  }

  /**
   * The owner of a policy.
   *
   * @param agent null: the organization's minimum
   */
  private record Owner(OrganizationId organization, @Nullable Agent agent, SendingPolicy own) {
    String path() {
      return agent == null
          ? SendingPolicyPageController.path(organization)
          : SendingPolicyPageController.path(agent.id());
    }
  }

  /** The page of an agent's policy. */
  static String path(AgentId agent) {
    return "/console/agents/" + agent.value() + "/sending-policy";
  }

  /** The page of an organization's minimum. */
  static String path(OrganizationId organization) {
    return UriComponentsBuilder.fromPath("/console/sending-policy")
        .queryParam("organization", "{organization}")
        .encode()
        .buildAndExpand(organization.value())
        .toUriString();
  }

  @GetMapping("/agents/{id}/sending-policy")
  ModelAndView ofAgent(@PathVariable UUID id) {
    Owner owner = owner(id);
    return page(owner, SendingPolicyForm.of(owner.own()), Map.of());
  }

  /**
   * Sets an agent's policy.
   *
   * @param given the fields, and as {@code version} the version of the policy that was shown
   */
  @PostMapping("/agents/{id}/sending-policy")
  ModelAndView setOfAgent(
      @PathVariable UUID id, @RequestParam Map<String, String> given, RedirectAttributes flash) {
    Owner owner = owner(id);
    return set(
        owner,
        given,
        flash,
        form -> setup.changeSendingPolicy(new AgentId(id), form.draft()),
        "The sending policy of " + Objects.requireNonNull(owner.agent()).name() + " is saved.");
  }

  @GetMapping("/sending-policy")
  ModelAndView minimum(@RequestParam(defaultValue = "") String organization) {
    Owner owner = owner(organization);
    return page(owner, SendingPolicyForm.of(owner.own()), Map.of());
  }

  /**
   * Sets an organization's minimum.
   *
   * @param given the fields, and as {@code version} the version of the policy that was shown
   */
  @PostMapping("/sending-policy")
  ModelAndView setMinimum(
      @RequestParam(defaultValue = "") String organization,
      @RequestParam Map<String, String> given,
      RedirectAttributes flash) {
    Owner owner = owner(organization);
    return set(
        owner,
        given,
        flash,
        form -> setup.setMinimum(owner.organization(), form.draft()),
        "The minimum of " + owner.organization() + " is saved.");
  }

  private ModelAndView set(
      Owner owner,
      Map<String, String> given,
      RedirectAttributes flash,
      Consumer<SendingPolicyForm> change,
      String done) {
    SendingPolicyForm form = new SendingPolicyForm(given);
    String shown = given.get("version");
    if (shown != null && !shown.equals(owner.own().version())) {
      ModelAndView page = page(owner, form, Map.of());
      page.addObject(
          "refused",
          "Nothing was saved: somebody has changed this policy since you opened it. Compare your"
              + " fields with it, then save again.");
      page.setStatus(HttpStatus.CONFLICT);
      return page;
    }
    try {
      change.accept(form);
    } catch (FieldsRefused e) {
      return page(owner, form, SendingPolicyForm.problems(e));
    }
    flash.addFlashAttribute(
        "done", done + " Mail that is queued or scheduled is decided again before it is sent.");
    return new ModelAndView("redirect:" + owner.path());
  }

  private ModelAndView page(Owner owner, SendingPolicyForm form, Map<String, String> problems) {
    ModelAndView page =
        new ModelAndView(VIEW, problems.isEmpty() ? HttpStatus.OK : HttpStatus.BAD_REQUEST);
    Agent agent = owner.agent();
    SendingPolicy minimum = setup.minimum(owner.organization());
    page.addObject("agent", agent);
    page.addObject("organization", owner.organization().value());
    page.addObject("version", owner.own().version());
    page.addObject("values", form.values());
    page.addObject("problems", problems);
    page.addObject(
        "applied",
        agent == null
            ? Map.of()
            : SendingPolicyForm.applied(owner.own(), owner.own().stricter(minimum)));
    page.addObject("kinds", SendingPolicyForm.KINDS);
    page.addObject("limits", SendingPolicyForm.limits());
    page.addObject("scopes", agent == null ? SendingPolicyForm.SCOPES : List.of("agent"));
    List<SendingStops.Stop> all = stops.list(owner.organization(), MAX_STOPS);
    page.addObject(
        "agentStop",
        all.stream()
            .filter(stop -> agent != null && agent.id().equals(stop.agent()))
            .findFirst()
            .orElse(null));
    page.addObject(
        "organizationStop",
        all.stream().filter(stop -> stop.agent() == null).findFirst().orElse(null));
    return page;
  }

  private Owner owner(UUID id) {
    Agent agent = agents.find(new AgentId(id)).orElseThrow(() -> new ResourceNotFound("agent"));
    return new Owner(agent.organization(), agent, agent.sendingPolicy());
  }

  private Owner owner(String organization) {
    OrganizationId named = OrganizationField.orDefault(organization);
    return new Owner(named, null, setup.minimum(named));
  }
}
