package org.byoemail.account.oauth;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.account.link.ConnectLinks;
import org.byoemail.account.oauth.OAuthGrantRows.Issued;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountResumed;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.event.EventData.AccountNeedsReauthorization;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The grants of accounts, one each, with their sealed tokens. Safe for use by many threads and
 * nodes.
 */
@Service
public class OAuthGrants {
  private static final Logger log = LoggerFactory.getLogger(OAuthGrants.class);
  private static final Duration MAX_MARGIN = Duration.ofMinutes(10);

  private final OAuthGrantRows rows;
  private final Accounts accounts;
  private final Events events;
  private final ConnectLinks links;
  private final Clock clock;

  OAuthGrants(
      OAuthGrantRows rows, Accounts accounts, Events events, ConnectLinks links, Clock clock) {
    this.rows = rows;
    this.accounts = accounts;
    this.events = events;
    this.links = links;
    this.clock = clock;
  }

  /**
   * Sets how an account obtains its tokens. Another provider, client, kind, mailbox or user ends
   * the grant that it has; the same ones change nothing.
   *
   * @param mailbox the login of the mailbox
   * @param consentingUser null: the mailbox itself
   * @return whether something changed
   */
  @Transactional
  public boolean assign(
      AccountId account, OAuthClient client, String mailbox, @Nullable String consentingUser) {
    return rows.assign(account, client, mailbox, consentingUser);
  }

  /** Ends the grant of an account that no longer signs in by OAuth 2.0. */
  @Transactional
  public void remove(AccountId account) {
    if (rows.remove(account)) {
      accounts.reauthorized(account);
    }
  }

  /**
   * Stores what a person consented to, and ends the account's need for reauthorization; its mail is
   * sent again. Replaces an earlier grant of the account.
   */
  @Transactional
  public void store(
      AccountId account,
      OAuthProvider provider,
      OAuthClient client,
      String mailbox,
      TokenSet tokens) {
    accounts.lock(account);
    String user = rows.find(account).map(OAuthGrant::consentingUser).orElse(null);
    rows.assign(account, client, mailbox, user);
    rows.consented(
        account,
        issued(tokens, tokens.scopes().isEmpty() ? provider.scopes() : tokens.scopes()),
        tokens.idTokenClaims());
    accounts.reauthorized(account);
  }

  /** The grant of an account. */
  public Optional<OAuthGrant> find(AccountId account) {
    return rows.find(account);
  }

  /** The grants of these accounts; those without one are left out. */
  public Map<AccountId, OAuthGrant> find(List<AccountId> ids) {
    return ids.isEmpty()
        ? Map.of()
        : rows.find(ids).stream()
            .collect(Collectors.toMap(OAuthGrant::account, Function.identity()));
  }

  /** How an access token is stored: refreshed ahead of its expiry, not all at the same time. */
  Issued issued(TokenSet tokens, List<String> scopes) {
    Duration left = Duration.between(clock.instant(), tokens.expiresAt());
    Duration life = left.isNegative() ? Duration.ZERO : left;
    Duration margin = life.dividedBy(5);
    if (margin.compareTo(MAX_MARGIN) > 0) {
      margin = MAX_MARGIN;
    }
    long jitter = (long) (margin.toMillis() * ThreadLocalRandom.current().nextDouble() / 2);
    return new Issued(
        tokens.accessToken(),
        tokens.refreshToken(),
        scopes,
        life,
        life.minus(margin).minusMillis(jitter));
  }

  /**
   * A person's grant has ended: its account alone stops, until the person consents again.
   *
   * @return whether the claim was still held; if not, nothing changed
   */
  @Transactional
  boolean ended(Account account, UUID claim, OAuthFailed failure) {
    if (!rows.failed(account.id(), claim, failure, Duration.ZERO)) {
      return false;
    }
    if (accounts.needReauthorization(account.id())) {
      log.warn("Account {} needs reauthorization: {}", account.id(), failure.getMessage());
      events.record(
          new NewEvent(
              account.organization(),
              null,
              account.id().value(),
              new AccountNeedsReauthorization(
                  failure.provider(),
                  failure.error(),
                  String.valueOf(failure.getMessage()),
                  links.mending(account).orElse(null))));
    }
    return true;
  }

  /** A person asked to use the account at once. */
  @EventListener
  public void resumed(AccountResumed resumed) {
    rows.retryNow(resumed.account());
  }
}
