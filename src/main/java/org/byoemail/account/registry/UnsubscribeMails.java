package org.byoemail.account.registry;

import org.byoemail.format.mail.OrganizationId;

/**
 * Knows mail by which a recipient unsubscribes from an agent (RFC 2369 section 3.2). Implemented by
 * what made the address; safe for use by many threads.
 */
public interface UnsubscribeMails {
  /**
   * Unsubscribes by a mail with that subject, once.
   *
   * @param organization of the account in whose mailbox it arrived
   * @return false if it is ordinary mail; this includes a subject that names another organization's
   *     agent
   */
  boolean unsubscribe(OrganizationId organization, String subject);
}
