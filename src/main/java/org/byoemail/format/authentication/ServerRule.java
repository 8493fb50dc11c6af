package org.byoemail.format.authentication;

import java.util.List;

/**
 * How the receiving server of a mailbox writes down what it found.
 *
 * @param ids the authserv-ids of its Authentication-Results fields, each also as the end of a name;
 *     empty: it writes none
 * @param receivedBy the beginnings or ends of the names that its Received fields have behind {@code
 *     by}: only fields above the first other Received are its own; empty: that is not asked
 * @param topmost whether the topmost field is its own although it has no id
 * @param inside whether it marks mail of its own tenants by X-MS-Exchange-Organization-AuthAs
 */
public record ServerRule(
    List<String> ids, List<String> receivedBy, boolean topmost, boolean inside) {
  public ServerRule {
    ids = List.copyOf(ids);
    receivedBy = List.copyOf(receivedBy);
  }

  /** The rule for a server that is known by its authserv-id alone. */
  public static ServerRule of(String id) {
    return new ServerRule(List.of(id), List.of(), false, false);
  }
}
