package org.byoemail.api;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.byoemail.platform.access.ApiPermissions;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Permission;
import org.springframework.http.HttpMethod;

/** The tools of the MCP server; {@code mcp/tools.json} describes them. */
enum McpTool {
  SEARCH_MAIL("GET /messages"),
  READ_MESSAGE("GET /messages/{id}"),
  READ_CONVERSATION("GET /conversations/{id}"),
  WAIT_FOR_MAIL("GET /messages"),
  WHY("GET /messages/{id}/why"),
  DRAFT("POST /drafts"),
  SEND("POST /messages"),
  REPLY("POST /messages/{id}/reply", "GET /messages/{id}"),
  REQUEST_CONTACT("POST /agents/{id}/contact-requests");

  private final Set<Permission> needed = EnumSet.noneOf(Permission.class);

  /**
   * A tool.
   *
   * @param operations what it does of the API: it needs their permissions
   */
  McpTool(String... operations) {
    for (String operation : operations) {
      String[] words = operation.split(" ", 2);
      ApiPermissions.needed(HttpMethod.valueOf(words[0]), "/api/v1" + words[1])
          .ifPresent(needed::add);
    }
  }

  /** The name of the protocol, such as {@code search_mail}. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<McpTool> of(String word) {
    return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
  }

  boolean isFor(Caller caller) {
    return needed.stream().allMatch(caller::may);
  }

  /**
   * Checks that the caller may use it.
   *
   * @throws PermissionMissing naming the first permission that is missing
   */
  void check(Caller caller) {
    for (Permission one : needed) {
      if (!caller.may(one)) {
        throw new PermissionMissing(one);
      }
    }
  }
}
