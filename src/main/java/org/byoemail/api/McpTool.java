package org.byoemail.api;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Permission;

/** The tools of the MCP server; {@code mcp/tools.json} describes them. */
enum McpTool {
  SEARCH_MAIL(Permission.MESSAGES_READ),
  READ_MESSAGE(Permission.MESSAGES_READ),
  READ_CONVERSATION(Permission.MESSAGES_READ),
  WAIT_FOR_MAIL(Permission.MESSAGES_READ),
  WHY(Permission.MESSAGES_READ),
  DRAFT(Permission.DRAFTS_WRITE),
  SEND(Permission.MESSAGES_SEND),
  REPLY(Permission.MESSAGES_SEND, Permission.MESSAGES_READ),
  REQUEST_CONTACT(Permission.MESSAGES_SEND);

  private final Set<Permission> needed;

  McpTool(Permission first, Permission... others) {
    this.needed = EnumSet.of(first, others);
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
