package org.byoemail.console;

import org.byoemail.account.alias.Alias;
import org.jspecify.annotations.Nullable;

/**
 * An alias on the page of its account.
 *
 * @param trouble why the account may not send from it; null: no reason is known
 */
record AliasView(
    String address, Badge state, @Nullable DisplayTime probedAt, @Nullable String trouble) {

  static AliasView of(Alias alias) {
    Badge badge =
        switch (alias.state()) {
          case UNPROVED -> Badge.waiting("not proved");
          case PROBING -> Badge.waiting("probing");
          case PROVED -> Badge.good("proved");
          case REWRITTEN -> Badge.bad("rewritten");
          case FAILED -> Badge.bad("failed");
        };
    String trouble =
        alias.seenFrom() == null
            ? alias.error()
            : "the server has put " + alias.seenFrom() + " into From";
    return new AliasView(
        alias.address().value(), badge, DisplayTime.ofNullable(alias.probedAt()), trouble);
  }
}
