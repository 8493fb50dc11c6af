package org.byoemail.inbound.mailbox;

/**
 * A range of mails whose reading was begun.
 *
 * @param firstUid the first UID
 * @param lastUid the last UID
 * @param tries how often it was begun
 */
record FetchAttempt(long firstUid, long lastUid, int tries) {
  boolean contains(long uid) {
    return firstUid <= uid && uid <= lastUid;
  }
}
