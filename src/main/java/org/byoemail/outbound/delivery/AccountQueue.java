package org.byoemail.outbound.delivery;

import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The mail of an account that has not left yet. Safe for use by many threads. */
@Repository
public class AccountQueue {
  private final JdbcClient jdbc;
  private final PlatformTransports platform;
  private final SendSettings settings;

  AccountQueue(JdbcClient jdbc, PlatformTransports platform, SendSettings settings) {
    this.jdbc = jdbc;
    this.platform = platform;
    this.settings = settings;
  }

  /** What becomes of queued mail whose sender no longer has an account. */
  public enum Fate {
    /**
     * It fails: nothing else carries it. It can be resent once the address has an account again.
     */
    FAILS,
    /** A transport of the platform carries it. */
    PLATFORM,
    /** Sending it is simulated. */
    SIMULATED,
    /** It waits until the settings say whose the domain is. */
    WAITS
  }

  /**
   * What an account has in the queue.
   *
   * @param waiting messages that are due, or wait for their time
   * @param held messages that wait for a person
   * @param sending messages that are being sent now: their results are recorded in any case
   * @param fate what becomes of the waiting ones without the account
   */
  public record Queued(int waiting, int held, int sending, Fate fate) {
    /** Whether nothing is in the queue. */
    public boolean isEmpty() {
      return waiting + held + sending == 0;
    }
  }

  /** What the account has in the queue now. */
  public Queued of(Account account) {
    Fate fate = fate(account.organization(), account.address());
    return jdbc.sql(
            """
            SELECT count(*) FILTER (WHERE claim_token IS NULL AND held_reason IS NULL) AS waiting,
              count(*) FILTER (WHERE claim_token IS NULL AND held_reason IS NOT NULL) AS held,
              count(*) FILTER (WHERE claim_token IS NOT NULL) AS sending
            FROM outbound_delivery WHERE account_id = :account
            """)
        .param("account", account.id().value())
        .query(
            (row, number) ->
                new Queued(row.getInt("waiting"), row.getInt("held"), row.getInt("sending"), fate))
        .single();
  }

  /** As {@link TransportChoice} decides for a sender without an account. */
  private Fate fate(OrganizationId organization, EmailAddress from) {
    if (platform.of(organization, from).isPresent()) {
      return Fate.PLATFORM;
    }
    if (platform.isUnclear(from)) {
      return Fate.WAITS;
    }
    return settings.simulated() ? Fate.SIMULATED : Fate.FAILS;
  }
}
