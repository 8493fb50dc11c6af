package org.byoemail.operations.setup;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.account.alias.Alias;
import org.byoemail.account.alias.AliasKind;
import org.byoemail.account.alias.Aliases;
import org.byoemail.account.alias.CatchAll;
import org.byoemail.account.alias.CatchAllRule;
import org.byoemail.account.alias.CatchAlls;
import org.byoemail.account.connection.ServerTasks;
import org.byoemail.account.discovery.DnsTxtLookup;
import org.byoemail.account.discovery.DnsTxtLookup.TextsUnknown;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Sets, lists and proves the catch-all domains of accounts. Safe for use by many threads. */
@Service
public class CatchAllSetup {
  private static final String DOMAINS = "domains";

  private final CatchAlls catchAlls;
  private final Aliases aliases;
  private final Agents agents;
  private final DnsTxtLookup texts;
  private final ServerTasks serverTasks;
  private final AuditLog audit;
  private final TransactionTemplate transactions;

  CatchAllSetup(
      CatchAlls catchAlls,
      Aliases aliases,
      Agents agents,
      DnsTxtLookup texts,
      ServerTasks serverTasks,
      AuditLog audit,
      TransactionTemplate transactions) {
    this.catchAlls = catchAlls;
    this.aliases = aliases;
    this.agents = agents;
    this.texts = texts;
    this.serverTasks = serverTasks;
    this.audit = audit;
    this.transactions = transactions;
  }

  /** The catch-all domains of an account, in order. */
  public List<CatchAllState> of(Account account) {
    Map<EmailAddress, Alias> sending =
        aliases.of(account.id(), AliasKind.DOMAIN).stream()
            .collect(Collectors.toMap(Alias::address, Function.identity()));
    return catchAlls.of(account.id()).stream()
        .filter(one -> sending.containsKey(CatchAll.alias(one.domain())))
        .map(one -> new CatchAllState(one, sending.get(CatchAll.alias(one.domain()))))
        .toList();
  }

  /**
   * Sets the catch-all domains of an account; existing domains keep their proofs.
   *
   * @throws FieldsRefused naming what is wrong
   * @throws org.byoemail.account.alias.AliasConflict if another account of the organisation has one
   *     of these domains
   * @throws org.byoemail.account.registry.EndpointTaken if a rule names an address of another agent
   */
  @Transactional
  public List<CatchAllState> set(Account account, @Nullable List<@Nullable CatchAllDraft> drafts) {
    if (drafts == null) {
      throw new FieldsRefused(DOMAINS, "is required, but may be empty");
    }
    if (drafts.size() > CatchAlls.MAX_DOMAINS) {
      throw new FieldsRefused(DOMAINS, "must have at most " + CatchAlls.MAX_DOMAINS + " entries");
    }
    FieldChecks checks = new FieldChecks();
    List<CatchAlls.NewRule> wanted = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < drafts.size(); i++) {
      String field = DOMAINS + "[" + i + "]";
      CatchAllDraft draft = drafts.get(i);
      CatchAlls.NewRule one = draft == null ? null : wanted(checks, field, account, draft);
      if (draft == null) {
        checks.refuse(field, "is required");
      } else if (one != null && !names.add(one.domain())) {
        checks.refuse(field + ".domain", "is a duplicate");
      } else if (one != null) {
        wanted.add(one);
      }
    }
    checks.done();
    aliases.set(
        account,
        AliasKind.DOMAIN,
        wanted.stream().map(one -> CatchAll.alias(one.domain())).toList());
    catchAlls.set(account, wanted);
    audit.record(
        "account.catch_all_changed",
        account.id().value(),
        account.organization(),
        Map.of("domains", wanted.stream().map(CatchAlls.NewRule::domain).sorted().toList()));
    return of(account);
  }

  private CatchAlls.@Nullable NewRule wanted(
      FieldChecks checks, String field, Account account, CatchAllDraft draft) {
    String domain = checks.read(field + ".domain", () -> domain(draft.domain()));
    Boolean refuse = checks.read(field + ".unmatched", () -> isRefuse(draft.unmatched()));
    List<CatchAllDraft.@Nullable Rule> rules = draft.rules() == null ? List.of() : draft.rules();
    if (rules.size() > CatchAlls.MAX_RULES) {
      checks.refuse(field + ".rules", "must have at most " + CatchAlls.MAX_RULES + " entries");
      return null;
    }
    if (domain == null || refuse == null) {
      return null;
    }
    Map<CatchAllRule.Pattern, AgentId> read = new HashMap<>();
    Map<String, Boolean> known = new HashMap<>();
    for (int i = 0; i < rules.size(); i++) {
      String at = field + ".rules[" + i + "]";
      CatchAllDraft.Rule rule = rules.get(i);
      String text = rule == null || rule.pattern() == null ? "" : rule.pattern();
      CatchAllRule.Pattern pattern =
          checks.read(at + ".pattern", () -> pattern(account, text, domain));
      String id = rule == null || rule.agent() == null ? "" : rule.agent();
      AgentId agent = checks.read(at + ".agent", () -> agent(account, id, known));
      if (pattern != null && agent != null && read.put(pattern, agent) != null) {
        checks.refuse(at + ".pattern", "is a duplicate");
      }
    }
    return new CatchAlls.NewRule(domain, refuse, read);
  }

  private static String domain(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw new IllegalArgumentException("is required");
    }
    String domain;
    try {
      domain = EmailAddress.parse("a@" + text.strip()).domain();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be a domain name, such as example.org", e);
    }
    if (!domain.contains(".")) {
      throw new IllegalArgumentException("must be a domain name, such as example.org");
    }
    return domain;
  }

  private static boolean isRefuse(@Nullable String text) {
    return switch (text == null ? "account" : text) {
      case "account" -> false;
      case "refuse" -> true;
      default -> throw new IllegalArgumentException("must be account or refuse");
    };
  }

  private static CatchAllRule.Pattern pattern(Account account, String text, String domain) {
    CatchAllRule.Pattern pattern = CatchAllRule.Pattern.parse(text, domain);
    if (new EmailAddress(pattern + "@" + domain).equals(account.address())) {
      throw new IllegalArgumentException("is the address of the account itself");
    }
    return pattern;
  }

  private AgentId agent(Account account, String text, Map<String, Boolean> known) {
    boolean present =
        known.computeIfAbsent(
            text,
            any ->
                id(text)
                    .flatMap(agents::find)
                    .filter(agent -> agent.organization().equals(account.organization()))
                    .isPresent());
    if (!present) {
      throw new IllegalArgumentException("must be the id of an agent of the same organization");
    }
    return new AgentId(UUID.fromString(text));
  }

  private static Optional<AgentId> id(String text) {
    try {
      return Optional.of(new AgentId(UUID.fromString(text)));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // The caller names the field.
    }
  }

  /**
   * Looks up the TXT record that proves a domain. Blocks for up to some seconds.
   *
   * @throws FieldsRefused if the account has no such domain
   * @throws org.byoemail.account.connection.TooManyTests if too many tests are running
   */
  public List<CatchAllState> proveByDns(Account account, @Nullable String domain) {
    CatchAll asked = find(account, domain);
    recordProof(account, asked, "dns");
    try {
      List<String> found =
          serverTasks.search(
              account.organization(), DnsTxtLookup.limit(), () -> texts.of(asked.recordName()));
      catchAlls.provedByDns(account, asked, found);
    } catch (TextsUnknown e) {
      catchAlls.lookupFailed(account, asked, e.getMessage());
    }
    return of(account);
  }

  /**
   * Checks a domain that is about to be proved by a probe, which {@link AliasSetup#prove} sends.
   */
  public EmailAddress aliasOf(Account account, @Nullable String domain) {
    CatchAll asked = find(account, domain);
    recordProof(account, asked, "round_trip");
    return CatchAll.alias(asked.domain());
  }

  private void recordProof(Account account, CatchAll domain, String by) {
    transactions.executeWithoutResult(
        status ->
            audit.record(
                "account.catch_all_probed",
                account.id().value(),
                account.organization(),
                Map.of("domain", domain.domain(), "by", by)));
  }

  private CatchAll find(Account account, @Nullable String domain) {
    String name = domain == null ? "" : domain.strip().toLowerCase(Locale.ROOT);
    return catchAlls.of(account.id()).stream()
        .filter(one -> one.domain().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new FieldsRefused("domain", "must be a catch-all domain of the account"));
  }
}
