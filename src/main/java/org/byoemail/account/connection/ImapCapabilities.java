package org.byoemail.account.connection;

import java.util.Set;

/** What a server says that it can do (RFC 9051 section 7.2.2): the last that it said. */
final class ImapCapabilities {
  private Set<String> all = Set.of();

  /** Takes note of what a response says of it, be it nothing. */
  void learn(ImapResponse said) {
    Set<String> told = said.capabilities();
    if (told != null) {
      all = told;
    }
  }

  void forget() {
    all = Set.of();
  }

  Set<String> all() {
    return all;
  }
}
