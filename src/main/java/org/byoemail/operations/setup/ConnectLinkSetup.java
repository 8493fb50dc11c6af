package org.byoemail.operations.setup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.ConnectLink.Application;
import org.byoemail.account.link.ConnectLinkTerms;
import org.byoemail.account.link.ConnectLinks;
import org.byoemail.account.link.NewConnectLink;
import org.byoemail.account.oauth.GrantType;
import org.byoemail.account.oauth.OAuthClients;
import org.byoemail.account.oauth.OAuthProviders;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.Endpoint;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Creates and withdraws connect links. Safe for use by many threads. */
@Service
public class ConnectLinkSetup {
  private static final int MAX_STATE = 500;
  private static final int MAX_PROVIDERS = 20;
  private static final Duration DEFAULT_VALIDITY = Duration.ofDays(1);
  private static final Duration MIN_VALIDITY = Duration.ofMinutes(1);

  private final ConnectLinks links;
  private final Agents agents;
  private final Endpoints endpoints;
  private final OAuthProviders providers;
  private final OAuthClients clients;
  private final ReturnUrls returnUrls;
  private final AuditLog audit;

  ConnectLinkSetup(
      ConnectLinks links,
      Agents agents,
      Endpoints endpoints,
      OAuthProviders providers,
      OAuthClients clients,
      ReturnUrls returnUrls,
      AuditLog audit) {
    this.links = links;
    this.agents = agents;
    this.endpoints = endpoints;
    this.providers = providers;
    this.clients = clients;
    this.returnUrls = returnUrls;
    this.audit = audit;
  }

  /**
   * Creates a link.
   *
   * @param by name of the key or the user that asks
   * @throws FieldsRefused naming what is wrong
   * @throws SetupConflict if the address belongs to another agent of the organisation
   * @throws org.byoemail.platform.access.PublicUrlMissing if the gateway's address is not set
   */
  @Transactional
  public NewConnectLink create(ConnectLinkDraft draft, String by) {
    FieldChecks checks = new FieldChecks();
    Agent agent = agent(checks, draft);
    EmailAddress address = address(checks, draft);
    OrganizationId organization = agent == null ? OrganizationId.OPERATOR : agent.organization();
    List<String> signIn = signIn(checks, organization, draft);
    boolean anyServers =
        Boolean.TRUE.equals(checks.read("servers", () -> isAny(draft.servers(), address)));
    String returnUrl =
        draft.returnUrl() == null
            ? null
            : checks.read("returnUrl", () -> returnUrls.allowed(organization, draft.returnUrl()));
    String state = state(checks, draft);
    int seconds =
        draft.expiresIn() == null ? (int) DEFAULT_VALIDITY.toSeconds() : draft.expiresIn();
    if (seconds < MIN_VALIDITY.toSeconds() || seconds > ConnectLinks.MAX_VALIDITY.toSeconds()) {
      checks.refuse(
          "expiresIn",
          "must be "
              + MIN_VALIDITY.toSeconds()
              + " to "
              + ConnectLinks.MAX_VALIDITY.toSeconds()
              + " seconds");
    }
    checks.done();
    if (draft.account() == null && address != null) {
      requireFree(agent, address);
    }
    NewConnectLink made =
        links.create(
            new ConnectLinkTerms(
                organization,
                agent.id(),
                draft.account() == null ? null : draft.account().id(),
                address,
                signIn,
                anyServers,
                returnUrl,
                state,
                by,
                Duration.ofSeconds(seconds)));
    audit.record("connect_link.created", made.link().id(), organization, details(made.link()));
    return made;
  }

  /**
   * Withdraws a link at once; its page then says so.
   *
   * @throws SetupConflict if it was used, or has ended
   */
  @Transactional
  public void revoke(ConnectLink link) {
    if (!links.revoke(link.id())) {
      String status = links.find(link.id()).map(now -> now.status().word()).orElse("gone");
      throw new SetupConflict("the link is already " + status);
    }
    audit.record("connect_link.revoked", link.id(), link.organization(), Map.of());
  }

  private @Nullable Agent agent(FieldChecks checks, ConnectLinkDraft draft) {
    Account account = draft.account();
    if (account == null) {
      if (draft.agent() == null) {
        checks.refuse("agent", "must be the id of an agent, unless account is given");
      }
      return draft.agent();
    }
    if (draft.agent() != null) {
      checks.refuse("agent", "must be absent if account is given");
    }
    Optional<Agent> owner = agents.find(account.agent());
    if (owner.isEmpty()) {
      checks.refuse("account", "belongs to an agent that was deleted");
    }
    return owner.orElse(null);
  }

  private static @Nullable EmailAddress address(FieldChecks checks, ConnectLinkDraft draft) {
    String given = draft.address();
    if (draft.account() != null) {
      if (given != null) {
        checks.refuse("address", "must be absent if account is given");
      }
      return draft.account().address();
    }
    return given == null || given.isBlank()
        ? null
        : checks.read("address", () -> EmailAddress.parse(given));
  }

  private List<String> signIn(
      FieldChecks checks, OrganizationId organization, ConnectLinkDraft draft) {
    List<@Nullable String> given = draft.providers();
    if (given == null) {
      return List.of();
    }
    if (given.isEmpty() || given.size() > MAX_PROVIDERS) {
      checks.refuse("providers", "must have 1 to " + MAX_PROVIDERS + " names, or be absent");
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      String name = given.get(i) == null ? "" : given.get(i);
      String field = "providers[" + i + "]";
      Optional<Application> application = Application.of(name);
      if (name.equals(ConnectLink.PASSWORD)) {
        names.add(name);
      } else if (application.isPresent()) {
        String reason = refusal(organization, application.get(), draft);
        if (reason == null) {
          names.add(name);
        } else {
          checks.refuse(field, reason);
        }
      } else if (providers.find(name).isEmpty()) {
        checks.refuse(field, "must be password, or the name of a configured OAuth provider");
      } else if (clients.of(organization, name).isEmpty()) {
        checks.refuse(field, "has no OAuth client of the organization or the operator: add one");
      } else {
        names.add(name);
      }
    }
    return names.stream().distinct().toList();
  }

  /**
   * Why a link does not get the access of that application; null: it does. Nobody consents to such
   * access, so all that it opens is the choice of the maker, who could connect it without a link.
   */
  private @Nullable String refusal(
      OrganizationId organization, Application application, ConnectLinkDraft draft) {
    Optional<GrantType> kind = kind(application);
    if (kind.isEmpty()) {
      return "must be a provider's name, or that name with :client_credentials or :service_account";
    }
    if (draft.account() != null) {
      return "cannot be named with account: nobody signs in again for an application";
    }
    if (draft.address() == null || draft.address().isBlank()) {
      return "needs address: with an application's access, the holder of the link must not choose"
          + " the mailbox";
    }
    if (draft.providers() != null && draft.providers().size() > 1) {
      return "must be the only one: with it, the holder of the link does not sign in";
    }
    if (providers.find(application.provider()).isEmpty()) {
      return "must begin with the name of a configured OAuth provider";
    }
    return clients.of(organization, application.provider(), kind.get()).isPresent()
        ? null
        : "has no OAuth client of kind "
            + application.kind()
            + " in this organization: create one by POST /api/v1/oauth-clients";
  }

  private static Optional<GrantType> kind(Application application) {
    return Arrays.stream(GrantType.values())
        .filter(kind -> !kind.isPersonal() && kind.word().equals(application.kind()))
        .findFirst();
  }

  /**
   * Somebody who may choose the servers of an address can sign in to their own mailbox and pass for
   * the owner of the address.
   */
  private static boolean isAny(@Nullable String servers, @Nullable EmailAddress address) {
    return switch (servers == null ? "" : servers) {
      case "" -> address == null;
      case "any" -> true;
      case "discovered" -> false;
      default -> throw new IllegalArgumentException("must be discovered or any");
    };
  }

  private static @Nullable String state(FieldChecks checks, ConnectLinkDraft draft) {
    String state = draft.state();
    if (state == null) {
      return null;
    }
    if (draft.returnUrl() == null) {
      checks.refuse("state", "needs returnUrl");
    }
    if (state.length() > MAX_STATE || state.chars().anyMatch(Character::isISOControl)) {
      checks.refuse(
          "state", "must have at most " + MAX_STATE + " characters, and no control characters");
      return null;
    }
    return state;
  }

  // Addresses of other organisations are not disclosed: the sign-in will prove the mailbox.
  private void requireFree(Agent agent, EmailAddress address) {
    Optional<AgentId> owner = endpoints.find(address).map(Endpoint::owner);
    if (owner.isEmpty() || owner.get().equals(agent.id())) {
      return;
    }
    if (agents
        .find(owner.get())
        .filter(a -> a.organization().equals(agent.organization()))
        .isPresent()) {
      throw new SetupConflict("the address " + address + " belongs to another agent");
    }
  }

  private static Map<String, Object> details(ConnectLink link) {
    return Map.of(
        "agent",
        link.agent().toString(),
        "account",
        String.valueOf(link.mended()),
        "address",
        String.valueOf(link.address()),
        "servers",
        link.anyServers() ? "any" : "discovered",
        "providers",
        link.signIn(),
        "expiresAt",
        link.expiresAt().toString());
  }
}
