package org.byoemail.console;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AgentId;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.conversation.Conversation;
import org.byoemail.platform.conversation.Conversations;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The page of conversations, those begun last first. */
@Controller
class ConversationListPageController {
  private static final int PAGE_SIZE = 50;

  private final Conversations conversations;
  private final Agents agents;

  ConversationListPageController(Conversations conversations, Agents agents) {
    this.conversations = conversations;
    this.agents = agents;
  }

  /** A conversation, and the name of its agent. */
  record Line(
      UUID id, String subject, UUID agent, String agentName, DisplayTime begun, DisplayTime last) {}

  @GetMapping("/console/conversations")
  String list(
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(required = false) @Nullable UUID before,
      Model model) {
    Page<Conversation> page =
        Page.of(
            conversations.list(Viewer.organization(), null, agent, null, before, PAGE_SIZE + 1),
            PAGE_SIZE,
            Conversation::id,
            Function.identity());
    Map<AgentId, String> names = names(page.items());
    model.addAttribute(
        "lines", page.items().stream().map(one -> line(one, names.get(one.agent()))).toList());
    model.addAttribute("next", page.next());
    model.addAttribute("agent", agent);
    model.addAttribute(
        "agentName",
        agent == null ? null : agents.find(new AgentId(agent)).map(Agent::name).orElse(null));
    return "messages/conversations";
  }

  private Map<AgentId, String> names(List<Conversation> found) {
    return agents.find(found.stream().map(Conversation::agent).distinct().toList()).stream()
        .collect(Collectors.toMap(Agent::id, Agent::name));
  }

  private static Line line(Conversation one, @Nullable String agentName) {
    return new Line(
        one.id().value(),
        one.subject(),
        one.agent().value(),
        agentName == null ? one.agent().toString() : agentName,
        DisplayTime.of(one.createdAt()),
        DisplayTime.of(one.lastMessageAt()));
  }
}
