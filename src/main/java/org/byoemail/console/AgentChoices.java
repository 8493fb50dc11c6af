package org.byoemail.console;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.ui.ModelMap;

/** The agents that a form offers: the newest, and the one that is chosen already. */
@Component
class AgentChoices {
  private static final int MAX_AGENTS = 200;

  private final Agents agents;

  AgentChoices(Agents agents) {
    this.agents = agents;
  }

  /** Adds the list {@code agents}, and whether it lacks some as {@code moreAgents}. */
  void addTo(ModelMap page, @Nullable Agent chosen) {
    List<Agent> newest = agents.newest(Viewer.organization(), MAX_AGENTS + 1);
    boolean more = newest.size() > MAX_AGENTS;
    List<Agent> offered = new ArrayList<>(more ? newest.subList(0, MAX_AGENTS) : newest);
    if (chosen != null && offered.stream().noneMatch(one -> one.id().equals(chosen.id()))) {
      offered.add(0, chosen);
    }
    page.addAttribute("agents", offered);
    page.addAttribute("moreAgents", more);
  }
}
