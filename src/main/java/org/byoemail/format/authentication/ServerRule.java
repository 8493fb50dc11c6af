package org.byoemail.format.authentication;

import java.util.List;

/**
 * How the receiving server of a mailbox writes down what it found.
 *
 * @param ids the authserv-ids of its Authentication-Results fields; empty: it writes none
 * @param receivedBy the beginnings or ends of the names that its Received fields have after {@code
 *     by}: only fields above the first other Received are its own; empty: that is not asked
 * @param topmost whether the topmost field is its own although it has no id
 * @param inside whether it marks mail of its own tenants by X-MS-Exchange-Organization-AuthAs
 * @param exact whether the ids are whole; else names that end with one are its own, too
 */
public record ServerRule(
    List<String> ids, List<String> receivedBy, boolean topmost, boolean inside, boolean exact) {
  public ServerRule {
    ids = List.copyOf(ids);
    receivedBy = List.copyOf(receivedBy);
  }

  /** The rule for a server with ids that other names may end with. */
  public ServerRule(List<String> ids, List<String> receivedBy, boolean topmost, boolean inside) {
    this(ids, receivedBy, topmost, inside, false);
  }

  /**
   * The rule for a server that is known by its authserv-id alone: such a server may leave fields of
   * a subdomain that a stranger wrote.
   *
   * @param id one that begins with a dot stands for all names below it, too
   */
  public static ServerRule of(String id) {
    boolean exact = !id.startsWith(".");
    return new ServerRule(List.of(exact ? id : id.substring(1)), List.of(), false, false, exact);
  }

  /** Whether a field of that authserv-id, in lower case, is its own. */
  public boolean isOwn(String authservId) {
    return ids.stream()
        .anyMatch(id -> authservId.equals(id) || !exact && authservId.endsWith("." + id));
  }
}
