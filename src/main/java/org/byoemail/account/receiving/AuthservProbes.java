package org.byoemail.account.receiving;

import jakarta.mail.MessagingException;
import java.time.Clock;
import org.byoemail.account.connection.GatewayMailSender;
import org.byoemail.account.registry.Account;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Sends mails with a forged field of an authserv-id to an account. {@link AuthservIds#arrived} is
 * called when one is found in the mailbox. Safe for use by many threads.
 */
@Component
public class AuthservProbes {
  private final AuthservIds ids;
  private final GatewayMailSender sender;
  private final Clock clock;

  AuthservProbes(AuthservIds ids, GatewayMailSender sender, Clock clock) {
    this.ids = ids;
    this.sender = sender;
    this.clock = clock;
  }

  /**
   * Sends a probe. Not to be called inside a transaction: it waits for a server, some seconds.
   *
   * @param by the account that sends it, which may be the same
   * @throws AuthservConflict if a probe was sent within the last minute
   */
  public void send(Account account, Account by, String id) {
    String token = AuthservProbeMail.newToken();
    ids.begin(account, by.address(), id, token);
    String error =
        error(account, by, new AuthservProbeMail(by.address(), account.address(), id, token));
    if (error != null) {
      ids.notSent(token, error);
    }
  }

  private @Nullable String error(Account account, Account by, AuthservProbeMail probe) {
    try {
      return sender.send(by, probe.composed(clock.instant()), account.address().value());
    } catch (MessagingException e) {
      return "it cannot be composed: " + e.getMessage();
    }
  }
}
