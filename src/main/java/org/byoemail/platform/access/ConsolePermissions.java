package org.byoemail.platform.access;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Which permission each page and form of the console needs: the first rule that matches decides.
 * Each page needs the permission of the corresponding API operation. Pages that no rule names are
 * only for admins of every organisation.
 */
public final class ConsolePermissions {
  /** What a page needs if no rule names it. */
  static final CallerNeeds OTHERS = CallerNeeds.role(Role.ADMIN).overAll();

  static final List<Rule> RULES =
      List.of(
          login(
              "/",
              "/console",
              "/console/",
              "/console/overview",
              "/console/profile/**",
              "/console/htmx/**",
              "/console/uplot/**",
              "/console.js"),
          rule(Permission.KEYS_MANAGE, null, "/console/api-keys/**"),
          rule(Permission.PEOPLE_MANAGE, null, "/console/people/**"),
          rule(Permission.AGENTS_DELETE, null, "/console/agents/*/delete"),
          rule(Permission.HELD_DECIDE, HttpMethod.POST, "/console/agents/*/distrust"),
          rule(Permission.AGENTS_WRITE, HttpMethod.GET, "/console/agents/new"),
          rule(Permission.AGENTS_READ, HttpMethod.GET, "/console/agents/**"),
          rule(Permission.AGENTS_WRITE, null, "/console/agents/**"),
          rule(Permission.ACCOUNTS_DELETE, null, "/console/accounts/*/delete"),
          rule(
              Permission.ACCOUNTS_CONNECT,
              HttpMethod.GET,
              "/console/accounts/new",
              "/console/accounts/import",
              "/console/accounts/*/edit"),
          rule(
              Permission.ACCOUNTS_READ,
              HttpMethod.GET,
              "/console/accounts/**",
              "/console/connect-links/**"),
          rule(
              Permission.ACCOUNTS_CONNECT,
              null,
              "/console/accounts/**",
              "/console/connect-links/**"),
          rule(
              Permission.MESSAGES_LABEL,
              HttpMethod.POST,
              "/console/inbox/*/labels",
              "/console/conversations/*/labels"),
          rule(Permission.DRAFTS_WRITE, null, "/console/drafts/*/delete"),
          rule(
              Permission.MESSAGES_READ,
              HttpMethod.GET,
              "/console/inbox/**",
              "/console/outbox/**",
              "/console/messages/**",
              "/console/attachments/**",
              "/console/conversations/**",
              "/console/drafts/**",
              "/console/search"),
          rule(
              Permission.MESSAGES_SEND,
              HttpMethod.POST,
              "/console/drafts/*/send",
              "/console/outbox/*/cancel"),
          rule(
              Permission.MESSAGES_MANAGE,
              HttpMethod.POST,
              "/console/outbox/**",
              "/console/inbox/**",
              "/console/messages/**",
              "/console/conversations/**",
              "/console/dead-letters/**"),
          rule(Permission.DEAD_LETTERS_READ, HttpMethod.GET, "/console/dead-letters/**"),
          rule(Permission.HELD_READ, HttpMethod.GET, "/console/held/**"),
          rule(Permission.HELD_DECIDE, null, "/console/held/**"),
          rule(Permission.QUARANTINE_READ, HttpMethod.GET, "/console/quarantine/**"),
          rule(Permission.QUARANTINE_RETRY, null, "/console/quarantine/**"),
          rule(Permission.BOUNCES_READ, HttpMethod.GET, "/console/bounces/**"),
          rule(Permission.AGENTS_READ, HttpMethod.GET, "/console/contact-requests/**"),
          rule(Permission.AGENTS_WRITE, null, "/console/contact-requests/**"),
          rule(Permission.SUPPRESSIONS_READ, HttpMethod.GET, "/console/suppressions/**"),
          rule(Permission.SUPPRESSIONS_WRITE, null, "/console/suppressions/**"),
          rule(
              Permission.AGENTS_WRITE,
              HttpMethod.POST,
              "/console/sending-policy/stop",
              "/console/sending-policy/start"),
          rule(Permission.AGENTS_READ, HttpMethod.GET, "/console/sending-policy"),
          rule(
              Permission.SENDING_POLICY_WRITE,
              null,
              "/console/sending-policy/**",
              "/console/outgoing-rules/**"),
          rule(Permission.REVIEWS_READ, HttpMethod.GET, "/console/reviews/**"),
          rule(Permission.REVIEWS_DECIDE, null, "/console/reviews/**", "/console/reviewers/**"),
          rule(Permission.WEBHOOKS_READ, HttpMethod.GET, "/console/webhooks/**"),
          rule(Permission.WEBHOOKS_WRITE, null, "/console/webhooks/**"),
          rule(Permission.EVENTS_READ, HttpMethod.GET, "/console/events/**"),
          rule(Permission.RETENTION_READ, HttpMethod.GET, "/console/retention/**"),
          rule(Permission.RETENTION_WRITE, null, "/console/retention/**"),
          rule(Permission.PERSONAL_DATA_MANAGE, null, "/console/erasures/**"),
          rule(Permission.AUDIT_READ, HttpMethod.GET, "/console/audit/**"),
          overAll(
              Permission.OPERATIONS_MANAGE,
              "/console/rollout/**",
              "/console/nodes/**",
              "/console/routes/**",
              "/console/sending/**",
              "/console/restore/**"));

  private ConsolePermissions() {}

  /**
   * A rule.
   *
   * @param method null: any
   */
  record Rule(CallerNeeds needs, @Nullable HttpMethod method, List<PathPattern> patterns) {

    private static Rule of(CallerNeeds needs, @Nullable HttpMethod method, String... paths) {
      PathPatternParser parser = PathPatternParser.defaultInstance;
      return new Rule(needs, method, Stream.of(paths).map(parser::parse).toList());
    }

    private boolean matches(HttpMethod asked, PathContainer path) {
      return (method == null || method.equals(asked))
          && patterns.stream().anyMatch(pattern -> pattern.matches(path));
    }
  }

  /** Whether a caller may make a request: pages offer only what the person may do. */
  public static boolean admits(Caller caller, HttpMethod method, String path) {
    return rule(method, path).map(Rule::needs).orElse(OTHERS).admits(caller);
  }

  private static Optional<Rule> rule(HttpMethod method, String path) {
    PathContainer parsed = PathContainer.parsePath(path);
    return RULES.stream().filter(rule -> rule.matches(method, parsed)).findFirst();
  }

  private static Rule login(String... paths) {
    return Rule.of(CallerNeeds.login(), null, paths);
  }

  private static Rule rule(Permission permission, @Nullable HttpMethod method, String... paths) {
    return Rule.of(CallerNeeds.permission(permission), method, paths);
  }

  private static Rule overAll(Permission permission, String... paths) {
    return Rule.of(CallerNeeds.permission(permission).overAll(), null, paths);
  }
}
