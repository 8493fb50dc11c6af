package org.byoemail.console;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.ConnectLink.Application;
import org.byoemail.account.link.ConnectLinks;
import org.byoemail.account.oauth.OAuthClients;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.operations.setup.ConnectLinkDraft;
import org.byoemail.operations.setup.ConnectLinkSetup;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The connect links of an agent, or those that sign one of its accounts in again. */
@Controller
@RequestMapping("/console/connect-links")
class ConnectLinkPageController {
  private static final int PAGE_SIZE = 50;

  private final ConnectLinks links;
  private final ConnectLinkSetup setup;
  private final Agents agents;
  private final Accounts accounts;
  private final OAuthClients clients;

  ConnectLinkPageController(
      ConnectLinks links,
      ConnectLinkSetup setup,
      Agents agents,
      Accounts accounts,
      OAuthClients clients) {
    this.clients = clients;
    this.links = links;
    this.setup = setup;
    this.agents = agents;
    this.accounts = accounts;
  }

  /** A line of the list. */
  record LinkLine(
      UUID id,
      String what,
      Badge status,
      boolean open,
      String by,
      DisplayTime created,
      DisplayTime expires,
      @Nullable DisplayTime opened,
      @Nullable UUID account) {

    static LinkLine of(ConnectLink link) {
      EmailAddress mailbox = link.mailbox();
      AccountId account = link.connected();
      return new LinkLine(
          link.id(),
          mailbox == null ? "any address" : mailbox.unquoted(),
          badge(link.status()),
          link.status() == ConnectLink.Status.OPEN,
          Viewer.organization() == null ? link.createdBy() : "",
          DisplayTime.of(link.createdAt()),
          DisplayTime.of(link.expiresAt()),
          DisplayTime.ofNullable(link.progress().openedAt()),
          account == null ? null : account.value());
    }

    private static Badge badge(ConnectLink.Status status) {
      return switch (status) {
        case OPEN -> Badge.waiting(status.word());
        case USED -> Badge.good(status.word());
        case REVOKED, EXPIRED -> Badge.off(status.word());
      };
    }
  }

  @GetMapping
  String list(
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(required = false) @Nullable UUID account,
      @RequestParam(required = false) @Nullable UUID before,
      Model model) {
    Account mended = account(account);
    Agent owner = agent(mended == null ? agent : mended.agent().value());
    Page<LinkLine> page =
        Page.of(
            links.list(null, owner.id(), before, PAGE_SIZE + 1),
            PAGE_SIZE,
            ConnectLink::id,
            LinkLine::of);
    model.addAttribute("links", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("agent", owner);
    model.addAttribute("applications", applications(owner));
    model.addAttribute("account", mended == null ? null : mended.id().value());
    model.addAttribute("accountAddress", mended == null ? null : mended.address().unquoted());
    return "connect-links";
  }

  @PostMapping
  String create(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(required = false) @Nullable UUID account,
      @RequestParam(defaultValue = "") String address,
      @RequestParam(required = false) @Nullable String servers,
      @RequestParam(defaultValue = "") String application,
      @RequestParam(defaultValue = "1") int days,
      RedirectAttributes flash) {
    Account mended = account(account);
    ConnectLinkDraft draft =
        new ConnectLinkDraft(
            mended == null ? agent(agent) : null,
            mended,
            mended != null || address.isBlank() ? null : address,
            application.isBlank() ? null : List.of(application),
            servers,
            null,
            null,
            (int) Duration.ofDays(Math.max(0, Math.min(days, 1000))).toSeconds());
    String path =
        "/console/connect-links?" + (mended == null ? "agent=" + agent : "account=" + account);
    return FlashActions.run(
        flash,
        path,
        null,
        () -> flash.addFlashAttribute("url", setup.create(draft, caller.name()).url()));
  }

  @PostMapping("/{id}/revoke")
  String revoke(@PathVariable UUID id, RedirectAttributes flash) {
    ConnectLink link = links.find(id).orElseThrow(() -> new ResourceNotFound("connect link"));
    return FlashActions.run(
        flash,
        "/console/connect-links?agent=" + link.agent(),
        "The link is withdrawn.",
        () -> setup.revoke(link));
  }

  /** What the organization's own applications may be named by. */
  private List<String> applications(Agent agent) {
    return clients.list(agent.organization()).stream()
        .filter(client -> !client.kind().isPersonal())
        .map(client -> new Application(client.provider(), client.kind().word()).toString())
        .toList();
  }

  private Agent agent(@Nullable UUID id) {
    return Optional.ofNullable(id)
        .flatMap(one -> agents.find(new AgentId(one)))
        .orElseThrow(() -> new ResourceNotFound("agent"));
  }

  private @Nullable Account account(@Nullable UUID id) {
    return id == null
        ? null
        : accounts.find(new AccountId(id)).orElseThrow(() -> new ResourceNotFound("account"));
  }
}
