package org.byoemail.account.alias;

import jakarta.mail.MessagingException;
import java.time.Clock;
import org.byoemail.account.connection.GatewayMailSender;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Sends probes: mails from an alias to the account's own address, or, for a catch-all domain, from
 * and to random addresses of the domain. {@link Aliases#arrived} is called when one is found in the
 * mailbox. Safe for use by many threads.
 */
@Component
public class AliasProbes {
  private final Aliases aliases;
  private final GatewayMailSender sender;
  private final Clock clock;

  AliasProbes(Aliases aliases, GatewayMailSender sender, Clock clock) {
    this.aliases = aliases;
    this.sender = sender;
    this.clock = clock;
  }

  /**
   * Sends a probe; the alias is failed if the server refuses it. Not to be called inside a
   * transaction: it waits for a server, some seconds.
   *
   * @throws AliasConflict if the account has no such alias, or a probe was sent within the last
   *     minute
   */
  public void send(Account account, EmailAddress alias) {
    ProbeToken token = ProbeToken.random();
    AliasKind kind = aliases.kind(account, alias);
    EmailAddress from = kind.example(alias);
    EmailAddress to = kind == AliasKind.DOMAIN ? kind.example(alias) : account.address();
    aliases.begin(account, alias, token, from);
    String error = error(account, new ProbeMail(from, to, token, clock.instant()));
    if (error != null) {
      aliases.failed(account, alias, token, "the probe was not sent: " + error);
    }
  }

  private @Nullable String error(Account account, ProbeMail probe) {
    try {
      return sender.send(account, probe.composed(), probe.to().value());
    } catch (MessagingException e) {
      return "it cannot be composed: " + e.getMessage();
    }
  }
}
