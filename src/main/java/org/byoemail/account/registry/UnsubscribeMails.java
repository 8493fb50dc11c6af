package org.byoemail.account.registry;

/**
 * Knows mail by which a recipient unsubscribes from an agent (RFC 2369 section 3.2). Implemented by
 * what made the address; safe for use by many threads.
 */
public interface UnsubscribeMails {
  /**
   * Unsubscribes by a mail with that subject, once.
   *
   * @return false if it is mail like any other
   */
  boolean unsubscribe(String subject);
}
