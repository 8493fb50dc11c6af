package org.byoemail.platform.access;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

/** Which permission each operation of the API needs: the first rule that matches decides. */
public final class ApiPermissions {
  private static final String API = "/api/v1";

  static final List<Rule> RULES =
      List.of(
          open(HttpMethod.GET, "/openapi.json", "/schema/*"),
          rule(Permission.KEYS_MANAGE, null, "/api-keys/**"),
          rule(Permission.PEOPLE_MANAGE, null, "/people/**"),
          rule(Permission.OAUTH_CLIENTS_MANAGE, null, "/oauth-clients/**"),
          rule(Permission.ACCOUNTS_CONNECT, HttpMethod.DELETE, "/accounts/connect-links/*"),
          // A key that may trust a way or a server may also withdraw that trust.
          rule(Permission.HELD_DECIDE, HttpMethod.DELETE, "/agents/*/trusted-ways/*"),
          rule(Permission.ACCOUNTS_CONNECT, HttpMethod.DELETE, "/accounts/*/authserv-id"),
          rule(Permission.AGENTS_DELETE, HttpMethod.DELETE, "/agents/**"),
          rule(Permission.ACCOUNTS_DELETE, HttpMethod.DELETE, "/accounts/**"),
          rule(Permission.PERSONAL_DATA_MANAGE, null, "/erasures/**", "/exports"),
          rule(Permission.RETENTION_READ, HttpMethod.GET, "/retention"),
          rule(Permission.RETENTION_WRITE, null, "/retention"),
          rule(Permission.AGENTS_READ, HttpMethod.GET, "/sending-policy"),
          rule(Permission.SENDING_POLICY_WRITE, null, "/sending-policy", "/outgoing-rules/**"),
          rule(Permission.REVIEWS_READ, HttpMethod.GET, "/reviews/**"),
          rule(Permission.REVIEWS_DECIDE, null, "/reviews/**", "/reviewers/**"),
          rule(
              Permission.MESSAGES_SEND,
              HttpMethod.POST,
              "/messages",
              "/messages/batch",
              "/messages/validate",
              "/messages/*/reply",
              "/messages/*/reply-all",
              "/messages/*/forward",
              "/drafts/*/send",
              "/attachments",
              "/agents/*/contact-requests"),
          rule(Permission.MESSAGES_SEND, HttpMethod.DELETE, "/messages/*"),
          rule(Permission.MAILBOXES_WRITE, HttpMethod.POST, "/messages/*/mailbox-actions"),
          rule(Permission.MESSAGES_LABEL, HttpMethod.PATCH, "/messages/*", "/conversations/*"),
          rule(
              Permission.MESSAGES_READ,
              HttpMethod.GET,
              "/messages/**",
              "/attachments/**",
              "/conversations/**",
              "/drafts/**",
              "/agents/*/contact-requests/*"),
          rule(Permission.DRAFTS_WRITE, null, "/drafts/**"),
          rule(
              Permission.MESSAGES_MANAGE,
              HttpMethod.POST,
              "/messages/*/release",
              "/messages/*/resend",
              "/test/inbound",
              "/dead-letters/*/resend"),
          rule(Permission.EVENTS_READ, null, "/event-cursors/**"),
          rule(Permission.EVENTS_READ, HttpMethod.GET, "/events/**"),
          rule(
              Permission.AGENTS_READ,
              HttpMethod.GET,
              "/agents/**",
              "/sending/stops",
              "/contact-requests"),
          rule(
              Permission.AGENTS_WRITE,
              null,
              "/agents/**",
              "/sending/stops",
              "/contact-requests/**"),
          rule(Permission.ACCOUNTS_READ, HttpMethod.GET, "/accounts/**", "/rollout/accounts"),
          rule(Permission.ACCOUNTS_CONNECT, null, "/accounts/**"),
          rule(Permission.BOUNCES_READ, HttpMethod.GET, "/bounces/**"),
          rule(Permission.DEAD_LETTERS_READ, HttpMethod.GET, "/dead-letters"),
          rule(Permission.SUPPRESSIONS_READ, HttpMethod.GET, "/suppressions"),
          rule(Permission.SUPPRESSIONS_WRITE, null, "/suppressions"),
          rule(Permission.QUARANTINE_READ, HttpMethod.GET, "/quarantine"),
          rule(Permission.QUARANTINE_RETRY, null, "/quarantine/**"),
          rule(Permission.HELD_READ, HttpMethod.GET, "/held/**"),
          rule(Permission.HELD_DECIDE, null, "/held/**"),
          rule(Permission.WEBHOOKS_READ, HttpMethod.GET, "/webhooks/**"),
          rule(Permission.WEBHOOKS_WRITE, null, "/webhooks/**"),
          rule(Permission.AUDIT_READ, HttpMethod.GET, "/audit"));

  /** What every other operation needs. */
  static final Permission OTHERS = Permission.OPERATIONS_MANAGE;

  private ApiPermissions() {}

  /**
   * A rule.
   *
   * @param permission null: open to everybody
   * @param method null: any
   */
  record Rule(@Nullable Permission permission, @Nullable HttpMethod method, List<String> patterns) {

    private boolean matches(HttpMethod asked, PathContainer path) {
      return (method == null || method.equals(asked))
          && patterns.stream()
              .anyMatch(pattern -> PathPatternParser.defaultInstance.parse(pattern).matches(path));
    }
  }

  /**
   * The permission that an operation needs; empty if it is open to everybody.
   *
   * @param path of the operation, such as {@code /api/v1/agents/{id}}
   */
  public static Optional<Permission> needed(HttpMethod method, String path) {
    PathContainer parsed = PathContainer.parsePath(path);
    for (Rule rule : RULES) {
      if (rule.matches(method, parsed)) {
        return Optional.ofNullable(rule.permission());
      }
    }
    return Optional.of(OTHERS);
  }

  private static Rule open(HttpMethod method, String... paths) {
    return new Rule(null, method, patterns(paths));
  }

  private static Rule rule(Permission permission, @Nullable HttpMethod method, String... paths) {
    return new Rule(permission, method, patterns(paths));
  }

  private static List<String> patterns(String... paths) {
    return Arrays.stream(paths).map(path -> API + path).toList();
  }
}
