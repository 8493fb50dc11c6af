package org.byoemail.account.connection;

import java.util.Set;

/** The capabilities that a server announced last (RFC 9051 section 7.2.2). */
final class ImapCapabilities {
  private Set<String> all = Set.of();

  /** Updates the capabilities if the response has any. */
  void learn(ImapResponse said) {
    Set<String> announced = said.capabilities();
    if (announced != null) {
      all = announced;
    }
  }

  void forget() {
    all = Set.of();
  }

  Set<String> all() {
    return all;
  }
}
