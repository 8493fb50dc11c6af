package org.byoemail.console;

import java.util.List;
import org.byoemail.account.registry.Resealing;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.account.rollout.RolloutState;
import org.byoemail.outbound.delivery.SendingStops;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsolePermissions;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** The model of the layout: the sections, what is stopped, and whether accounts are used at all. */
@ControllerAdvice(basePackageClasses = LayoutAdvice.class)
class LayoutAdvice {
  private static final int MAX_STOPS = 20;

  private static final List<Group> GROUPS =
      List.of(
          new Group(null, List.of(new Section("overview", "Overview", "/console/overview"))),
          new Group(
              "Mail",
              List.of(
                  new Section("inbox", "Inbox", "/console/inbox"),
                  new Section("outbox", "Outbox", "/console/outbox"),
                  new Section("reviews", "Reviews", "/console/reviews"),
                  new Section("conversations", "Conversations", "/console/conversations"),
                  new Section("drafts", "Drafts", "/console/drafts"),
                  new Section("held", "Held for review", "/console/held"),
                  new Section("quarantine", "Quarantine", "/console/quarantine"),
                  new Section("bounces", "Bounces", "/console/bounces"),
                  new Section("dead-letters", "Dead letters", "/console/dead-letters"))),
          new Group(
              "Agents",
              List.of(
                  new Section("agents", "Agents", "/console/agents"),
                  new Section("accounts", "Accounts", "/console/accounts"),
                  new Section("contact-requests", "Contact requests", "/console/contact-requests"),
                  new Section("suppressions", "Suppressions", "/console/suppressions"),
                  new Section("sending-policy", "Sending minimum", "/console/sending-policy"),
                  new Section("outgoing-rules", "Outgoing rules", "/console/outgoing-rules"))),
          new Group(
              "Platform",
              List.of(
                  new Section("webhooks", "Webhooks", "/console/webhooks"),
                  new Section("events", "Events", "/console/events"),
                  new Section("api-keys", "API keys", "/console/api-keys"),
                  new Section("people", "People", "/console/people"),
                  new Section("retention", "Retention", "/console/retention"),
                  new Section("rollout", "Rollout", "/console/rollout"),
                  new Section("nodes", "Nodes", "/console/nodes"),
                  new Section("routes", "Routes", "/console/routes"),
                  new Section("audit", "Audit", "/console/audit"))));

  private final Rollout rollout;
  private final Resealing resealing;
  private final SendingStops stops;

  LayoutAdvice(Rollout rollout, Resealing resealing, SendingStops stops) {
    this.stops = stops;
    this.rollout = rollout;
    this.resealing = resealing;
  }

  /** A section of the console. */
  record Section(String id, String name, String path) {}

  /** Sections below a heading; the first group has none. */
  record Group(@Nullable String name, List<Section> sections) {

    private Group of(Caller viewer) {
      return new Group(
          name,
          sections.stream()
              .filter(section -> ConsolePermissions.admits(viewer, HttpMethod.GET, section.path()))
              .toList());
    }
  }

  /** The person who looks at the page; null on pages without a login. */
  @ModelAttribute("viewer")
  @Nullable Caller viewer() {
    return Viewer.find().orElse(null);
  }

  /** What the person may open. */
  @ModelAttribute("groups")
  List<Group> groups() {
    return Viewer.find()
        .map(viewer -> GROUPS.stream().map(group -> group.of(viewer)).toList())
        .orElse(List.of())
        .stream()
        .filter(group -> !group.sections().isEmpty())
        .toList();
  }

  /** How far a rotation of the sealing key is; null where there is nothing to do. */
  @ModelAttribute("resealing")
  @Nullable String resealing() {
    return Viewer.seesAll() ? resealingProgress() : null;
  }

  private @Nullable String resealingProgress() {
    return resealing
        .progress()
        .filter(now -> !now.isComplete())
        .map(Resealing.Progress::words)
        .orElse(null);
  }

  /** The newest stops of agents and organizations, whose pages name them all. */
  @ModelAttribute("stops")
  List<SendingStops.Stop> stops() {
    return Viewer.find().isEmpty() ? List.of() : stops.list(Viewer.organization(), MAX_STOPS);
  }

  /** People who see one organisation need not know whether others use their accounts. */
  @ModelAttribute("flagOn")
  boolean flagOn() {
    if (!Viewer.seesAll()) {
      return true;
    }
    RolloutState now = rollout.recentState();
    return now.accounts() == 0 || now.sending() > 0 || now.receiving() > 0;
  }

  @ModelAttribute("flag")
  Badge flag() {
    RolloutState now = rollout.recentState();
    if (!flagOn()) {
      return Badge.waiting("off");
    }
    return now.sending() == now.accounts() && now.receiving() == now.accounts()
        ? Badge.good("on")
        : Badge.waiting("for some");
  }
}
