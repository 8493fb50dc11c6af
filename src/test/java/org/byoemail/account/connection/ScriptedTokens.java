package org.byoemail.account.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.jspecify.annotations.Nullable;

/** Access tokens as a test says. */
final class ScriptedTokens implements MailboxTokens {
  private final Queue<String> next = new ArrayDeque<>();
  private final List<String> refused = new ArrayList<>();
  private @Nullable String forbidden;

  /** What is given in turn. */
  void give(String... tokens) {
    next.addAll(List.of(tokens));
  }

  /** Lets no token go to that host. */
  void forbid(String host) {
    forbidden = host;
  }

  /** The tokens that servers refused. */
  List<String> refused() {
    return refused;
  }

  @Override
  public void requireMailHost(Account account, Protocol protocol) {
    if (account.server(protocol).host().equals(forbidden)) {
      throw new TokenUnavailable("tokens are not sent to " + forbidden, true, null);
    }
  }

  @Override
  public String current(Account account, Protocol protocol) {
    requireMailHost(account, protocol);
    String token = next.poll();
    if (token == null) {
      throw new TokenUnavailable("the provider takes long", false, null);
    }
    return token;
  }

  @Override
  public String replacing(Account account, Protocol protocol, String token) {
    refused.add(token);
    String other = next.poll();
    if (other == null) {
      throw new TokenUnavailable("the account needs reauthorization", true, null);
    }
    return other;
  }
}
