package org.byoemail.inbound.mailbox;

/**
 * Mails whose reading was begun.
 *
 * @param from the first UID
 * @param to the last UID
 * @param tries how often
 */
record FetchAttempt(long from, long to, int tries) {
  boolean contains(long uid) {
    return from <= uid && uid <= to;
  }
}
