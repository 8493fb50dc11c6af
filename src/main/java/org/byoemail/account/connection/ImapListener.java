package org.byoemail.account.connection;

/** Hears what a server says that ends no command, also that which is part of an answer. */
@FunctionalInterface
public interface ImapListener {
  /** Called by the thread that makes the call during which it was said. */
  void said(ImapResponse response);
}
