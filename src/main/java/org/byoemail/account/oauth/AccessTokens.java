package org.byoemail.account.oauth;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.connection.MailboxTokens;
import org.byoemail.account.connection.TokenUnavailable;
import org.byoemail.account.oauth.OAuthGrantRows.Current;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The current access tokens of accounts. One thread of one node fetches the next token of an
 * account, under a claim that is committed before the provider is contacted; no database connection
 * is held meanwhile. The others use the token that is still valid, or wait. Safe for use by many
 * threads and nodes.
 */
@Component
public class AccessTokens implements MailboxTokens {
  private static final Logger log = LoggerFactory.getLogger(AccessTokens.class);
  private static final ExponentialBackoff BACKOFF =
      ExponentialBackoff.doubling(Duration.ofSeconds(30), Duration.ofMinutes(15));
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);

  private final OAuthGrantRows rows;
  private final OAuthGrants grants;
  private final OAuthClients clients;
  private final OAuthProviders providers;
  private final TokenRequests requests;
  private final OAuthSettings settings;
  private final MeterRegistry meters;
  private final Map<AccountId, CompletableFuture<String>> underWay = new ConcurrentHashMap<>();

  AccessTokens(
      OAuthGrantRows rows,
      OAuthGrants grants,
      OAuthClients clients,
      OAuthProviders providers,
      TokenRequests requests,
      OAuthSettings settings,
      MeterRegistry meters) {
    this.rows = rows;
    this.grants = grants;
    this.clients = clients;
    this.providers = providers;
    this.requests = requests;
    this.settings = settings;
    this.meters = meters;
  }

  @Override
  public void requireMailHost(Account account, Protocol protocol) {
    Optional<OAuthGrant> grant = grants.find(account.id());
    if (grant.isPresent()) {
      requireMailHost(account, protocol, grant.get());
      return;
    }
    String host = account.server(protocol).host();
    if (providers.all().stream().noneMatch(provider -> provider.allows(host))) {
      throw isNoMailHost("any provider", host);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException in a transaction, which would hold a connection
   */
  @Override
  public String current(Account account, Protocol protocol) {
    requireUsable(account, protocol);
    Current current = read(account);
    if (current.access() != null && (!current.isDue() || current.isHeldOff())) {
      return rows.openAccess(account.id(), current.access());
    }
    return fetchedOnce(account);
  }

  @Override
  public String replacing(Account account, Protocol protocol, String refused) {
    requireUsable(account, protocol);
    Current current = read(account);
    if (current.access() != null) {
      String token = rows.openAccess(account.id(), current.access());
      if (!token.equals(refused)) {
        return token;
      }
      rows.refused(account.id(), current.generation());
    }
    String token = fetchedOnce(account);
    // A fetch that was already running may have found the refused token still valid.
    return token.equals(refused) ? fetchedOnce(account) : token;
  }

  private OAuthGrant grant(Account account) {
    return grants.find(account.id()).orElseThrow(AccessTokens::isWithoutGrant);
  }

  /**
   * Checks that the account may sign in to that server.
   *
   * @throws TokenUnavailable if it has no grant, or only a new consent helps
   */
  private void requireUsable(Account account, Protocol protocol) {
    OAuthGrant grant = grant(account);
    requireMailHost(account, protocol, grant);
    if (grant.needsReauthorizationAt() != null) {
      throw new TokenUnavailable(
          "the account needs reauthorization: " + grant.reason(), true, null);
    }
  }

  private void requireMailHost(Account account, Protocol protocol, OAuthGrant grant) {
    String host = account.server(protocol).host();
    boolean allowed =
        providers.find(grant.provider()).filter(provider -> provider.allows(host)).isPresent();
    if (!allowed) {
      throw isNoMailHost(grant.provider(), host);
    }
  }

  private static TokenUnavailable isNoMailHost(String provider, String host) {
    return new TokenUnavailable(
        "tokens of "
            + provider
            + " are not sent to "
            + host
            + ": byo.oauth.providers does not name it among the mail hosts",
        true,
        null);
  }

  private Current read(Account account) {
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException("a token is fetched in a transaction");
    }
    Current current = rows.current(account.id()).orElseThrow(AccessTokens::isWithoutGrant);
    if (!current.isAuthorized()) {
      throw isWithoutGrant();
    }
    return current;
  }

  private static TokenUnavailable isWithoutGrant() {
    return new TokenUnavailable(
        "the account has no OAuth 2.0 grant: it must be authorized first", true, null);
  }

  /** Lets one thread of this node fetch the token of an account, and the others wait for it. */
  private String fetchedOnce(Account account) {
    CompletableFuture<String> own = new CompletableFuture<>();
    CompletableFuture<String> other = underWay.putIfAbsent(account.id(), own);
    if (other != null) {
      return waitFor(other);
    }
    try {
      String token = fetched(account, Deadline.in(settings.maxWait()));
      own.complete(token);
      return token;
    } catch (RuntimeException e) {
      own.completeExceptionally(e);
      throw e;
    } finally {
      underWay.remove(account.id(), own);
      own.completeExceptionally(new IllegalStateException("the token was not fetched"));
    }
  }

  private String waitFor(CompletableFuture<String> other) {
    try {
      return other.get(settings.maxWait().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | CompletionException e) {
      if (e.getCause() instanceof TokenUnavailable unavailable) {
        throw new TokenUnavailable(
            String.valueOf(unavailable.getMessage()), unavailable.isAuthentication(), e);
      }
      throw new IllegalStateException("the token could not be fetched", e.getCause());
    } catch (TimeoutException e) {
      throw tookTooLong();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a token was fetched", e);
    }
  }

  private static TokenUnavailable tookTooLong() {
    return new TokenUnavailable(
        "the access token is still being fetched: the provider is slow", false, null);
  }

  private String fetched(Account account, Deadline deadline) {
    while (true) {
      Current current = read(account);
      String valid =
          current.access() == null ? null : rows.openAccess(account.id(), current.access());
      if (valid != null && (!current.isDue() || current.isHeldOff())) {
        return valid;
      }
      if (current.isHeldOff()) {
        throw new TokenUnavailable(
            "no access token: " + String.valueOf(current.reason()), false, null);
      }
      Optional<UUID> claim = rows.claim(account.id(), current.generation(), settings.claimTtl());
      if (claim.isPresent()) {
        String token = ask(account, current, claim.get(), valid);
        if (token != null) {
          return token;
        }
      } else if (valid != null) {
        return valid;
      } else {
        pause();
      }
      if (deadline.isOver()) {
        throw tookTooLong();
      }
    }
  }

  private static void pause() {
    LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
    if (Thread.interrupted()) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a token was fetched");
    }
  }

  /**
   * Asks the provider under a claim.
   *
   * @param valid the present token; null: it has expired
   * @return null if a newer token was stored meanwhile
   */
  private @Nullable String ask(
      Account account, Current current, UUID claim, @Nullable String valid) {
    OAuthGrant grant = grant(account);
    try {
      TokenSet tokens = request(account.id(), grant, current);
      if (rows.refreshed(
          account.id(), current.generation(), grants.issued(tokens, tokens.scopes()))) {
        count(grant, "ok");
        return tokens.accessToken();
      }
      return null;
    } catch (OAuthFailed e) {
      count(grant, e.error());
      if (rows.current(account.id())
          .filter(now -> now.generation() != current.generation())
          .isPresent()) {
        return null;
      }
      refused(account, grant, claim, e);
      if (valid != null && !(e.needsConsent() && grant.kind().isPersonal())) {
        return valid;
      }
      throw new TokenUnavailable(
          "no access token: " + e.getMessage(), e.needsConsent() && grant.kind().isPersonal(), e);
    } catch (RuntimeException e) {
      rows.failed(account.id(), claim, internal(grant), BACKOFF.first());
      throw e;
    }
  }

  private static OAuthFailed internal(OAuthGrant grant) {
    return new OAuthFailed(
        grant.provider(), OAuthFailed.UNAVAILABLE, "the gateway itself failed: see its log", null);
  }

  private TokenSet request(AccountId account, OAuthGrant grant, Current current) {
    OAuthClient client = client(grant);
    OAuthProvider provider = providers.of(client);
    if (!grant.kind().isPersonal()) {
      return requests.application(provider, client, grant.mailbox());
    }
    if (current.refresh() == null) {
      throw new OAuthFailed(
          provider.name(),
          "invalid_grant",
          "the access has expired, and no refresh token was issued",
          null);
    }
    return requests.refresh(provider, client, rows.openRefresh(account, current.refresh()));
  }

  private OAuthClient client(OAuthGrant grant) {
    UUID id = grant.client();
    Optional<OAuthClient> client =
        id == null ? clients.ofSettings(grant.provider()) : clients.find(id);
    return client.orElseThrow(
        () ->
            new OAuthFailed(
                grant.provider(),
                "invalid_client",
                "byo.oauth.providers." + grant.provider() + ".client-id is no longer set",
                null));
  }

  private void refused(Account account, OAuthGrant grant, UUID claim, OAuthFailed e) {
    if (grant.kind().isPersonal() && e.needsConsent()) {
      grants.ended(account, claim, e);
      return;
    }
    rows.failed(account.id(), claim, e, BACKOFF.delay(rows.failures(account.id()) + 1));
    if (e.isTransient()) {
      log.warn("Fetching the token of account {} is retried: {}", account.id(), e.getMessage());
    } else {
      log.error(
          "The provider {} refuses the OAuth client of account {}; a new consent does not help: {}",
          e.provider(),
          account.id(),
          e.getMessage());
    }
  }

  private void count(OAuthGrant grant, String result) {
    meters
        .counter("byo.oauth.token.requests", "provider", grant.provider(), "result", result(result))
        .increment();
  }

  /** Providers may invent error codes, which must not become new values of a tag. */
  private static String result(String code) {
    return switch (code) {
      case "ok",
          "invalid_grant",
          "interaction_required",
          "invalid_client",
          "unauthorized_client",
          "invalid_scope",
          OAuthFailed.UNAVAILABLE ->
          code;
      default -> "other";
    };
  }
}
