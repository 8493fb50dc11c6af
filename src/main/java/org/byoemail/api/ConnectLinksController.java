package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.ConnectLinks;
import org.byoemail.account.link.NewConnectLink;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.operations.setup.ConnectLinkDraft;
import org.byoemail.operations.setup.ConnectLinkSetup;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** One-time links by which the owner of a mailbox connects it. */
@RestController
@RequestMapping("/api/v1/accounts/connect-links")
@Tag(name = "accounts")
class ConnectLinksController {
  private final ConnectLinkSetup setup;
  private final ConnectLinks links;
  private final Agents agents;
  private final Accounts accounts;

  ConnectLinksController(
      ConnectLinkSetup setup, ConnectLinks links, Agents agents, Accounts accounts) {
    this.setup = setup;
    this.links = links;
    this.agents = agents;
    this.accounts = accounts;
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      operationId = "createConnectLink",
      summary = "Create a connect link",
      description =
          "Makes a one-time link by which the owner of a mailbox connects it to an agent, or signs"
              + " an account in again, without a key or a login. `url` is shown once: anyone who"
              + " has it can use it.")
  ConnectLinkResponse create(
      @AuthenticationPrincipal Caller caller, @RequestBody ConnectLinkRequest request) {
    NewConnectLink made =
        setup.create(
            new ConnectLinkDraft(
                agent(caller, request.agent()),
                account(caller, request.account()),
                request.address(),
                request.providers(),
                request.servers(),
                request.returnUrl(),
                request.state(),
                request.expiresIn()),
            caller.name());
    return ConnectLinkResponse.of(caller, made.link(), made.url());
  }

  @GetMapping
  @Operation(
      operationId = "listConnectLinks",
      summary = "List connect links",
      description = "Lists links, the newest first.")
  Page<ConnectLinkResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String agent,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        links.list(
            RequestParams.organization(caller, organization),
            agent == null ? null : new AgentId(RequestParams.id("agent", agent)),
            RequestParams.cursor(cursor),
            rows + 1),
        rows,
        ConnectLink::id,
        link -> ConnectLinkResponse.of(caller, link, null));
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getConnectLink", summary = "Get a connect link")
  ConnectLinkResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return ConnectLinkResponse.of(caller, find(caller, id), null);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      operationId = "revokeConnectLink",
      summary = "Revoke a connect link",
      description = "Withdraws a link at once. 409 if it was used, withdrawn or has expired.")
  void revoke(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    setup.revoke(find(caller, id));
  }

  private ConnectLink find(Caller caller, UUID id) {
    return links
        .find(id)
        .filter(link -> caller.sees(link.organization()))
        .orElseThrow(() -> new ResourceNotFound("connect link"));
  }

  private @Nullable Agent agent(Caller caller, @Nullable String id) {
    if (id == null) {
      return null;
    }
    return agents
        .find(new AgentId(RequestParams.id("agent", id)))
        .filter(agent -> caller.sees(agent.organization()))
        .orElseThrow(() -> new FieldsRefused("agent", "must be the id of an agent"));
  }

  private @Nullable Account account(Caller caller, @Nullable String id) {
    if (id == null) {
      return null;
    }
    return accounts
        .find(new AccountId(RequestParams.id("account", id)))
        .filter(account -> caller.sees(account.organization()))
        .orElseThrow(() -> new FieldsRefused("account", "must be the id of an account"));
  }
}
