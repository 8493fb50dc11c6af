package org.byoemail.transfer.accounts;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.InboundOptions;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.outbound.delivery.AccountSending;
import org.byoemail.outbound.limit.SendingLimit;
import org.byoemail.outbound.limit.SendingLimits;
import org.byoemail.setup.AccountDraft;
import org.byoemail.setup.AccountState;
import org.byoemail.setup.FieldsRefused;
import org.byoemail.setup.OAuthDraft;
import org.byoemail.setup.ServerDraft;
import org.jspecify.annotations.Nullable;

/**
 * An account in a file, with the field names of the API; in CSV the path of a field is the name of
 * its column, such as {@code smtp.host}. Null: not given.
 */
record AccountLine(
    @Nullable String agent,
    @Nullable String address,
    @Nullable String displayName,
    @Nullable Smtp smtp,
    @Nullable Imap imap,
    @Nullable OAuth oauth,
    @Nullable Limits limits,
    @Nullable String bounceAccount) {

  static AccountLine of(AccountState state, AccountSending sending) {
    Account account = state.account();
    AccountSettings settings = account.settings();
    return new AccountLine(
        account.agent().toString(),
        account.address().value(),
        settings.displayName(),
        Smtp.of(settings.smtp()),
        Imap.of(settings),
        OAuth.of(state.grant()),
        Limits.of(sending.own(), sending.ownConnections()),
        state.bounceAccount() == null ? null : state.bounceAccount().toString());
  }

  AccountDraft draft() {
    return new AccountDraft(
        displayName,
        smtp == null ? null : smtp.draft(),
        imap == null ? null : imap.draft(),
        imap == null ? null : imap.folder(),
        imap == null ? null : imap.folders(),
        imap == null ? null : imap.pollInterval(),
        imap == null ? null : imap.idle(),
        imap == null ? null : imap.afterIngest(),
        imap == null ? null : imap.moveTo(),
        imap == null ? null : imap.backfillSince(),
        oauth == null ? null : oauth.draft());
  }

  /** The SMTP server. */
  record Smtp(
      @Nullable String host,
      @Nullable Integer port,
      @Nullable String security,
      @Nullable String auth,
      @Nullable String username,
      @Nullable String password) {

    static @Nullable Smtp of(@Nullable ServerSettings server) {
      return server == null
          ? null
          : new Smtp(
              server.host(),
              server.port(),
              server.security().word(),
              server.auth().word(),
              server.username(),
              null);
    }

    Smtp withoutPassword() {
      return new Smtp(host, port, security, auth, username, null);
    }

    ServerDraft draft() {
      return new ServerDraft(host, port, security, auth, username, password);
    }

    @Override
    public String toString() {
      return "Smtp[" + host + "]";
    }
  }

  /** The IMAP server, and how its mailbox is read. */
  record Imap(
      @Nullable String host,
      @Nullable Integer port,
      @Nullable String security,
      @Nullable String auth,
      @Nullable String username,
      @Nullable String password,
      @Nullable String folder,
      @Nullable List<@Nullable String> folders,
      @Nullable Integer pollInterval,
      @Nullable Boolean idle,
      @Nullable String afterIngest,
      @Nullable String moveTo,
      @Nullable Instant backfillSince) {

    static @Nullable Imap of(AccountSettings settings) {
      ServerSettings server = settings.imap();
      if (server == null) {
        return null;
      }
      InboundOptions inbound = settings.inbound();
      AfterIngest after = inbound.afterIngest();
      return new Imap(
          server.host(),
          server.port(),
          server.security().word(),
          server.auth().word(),
          server.username(),
          null,
          null,
          List.copyOf(settings.folders()),
          (int) settings.pollInterval().toSeconds(),
          settings.idle(),
          after == null ? null : after.word(),
          inbound.moveTo(),
          inbound.backfillSince());
    }

    Imap withoutPassword() {
      return new Imap(
          host,
          port,
          security,
          auth,
          username,
          null,
          folder,
          folders,
          pollInterval,
          idle,
          afterIngest,
          moveTo,
          backfillSince);
    }

    /** The same with all folders in one list, as {@link #of} has them. */
    Imap withFolders(List<@Nullable String> all) {
      return new Imap(
          host,
          port,
          security,
          auth,
          username,
          password,
          null,
          all,
          pollInterval,
          idle,
          afterIngest,
          moveTo,
          backfillSince);
    }

    ServerDraft draft() {
      return new ServerDraft(host, port, security, auth, username, password);
    }

    @Override
    public String toString() {
      return "Imap[" + host + "]";
    }
  }

  /** How it obtains access tokens, which are not in files. */
  record OAuth(@Nullable String provider, @Nullable String kind, @Nullable String user) {

    static @Nullable OAuth of(@Nullable OAuthGrant grant) {
      return grant == null
          ? null
          : new OAuth(grant.provider(), grant.kind().word(), grant.consentingUser());
    }

    OAuthDraft draft() {
      return new OAuthDraft(provider, kind, user);
    }
  }

  /** The operator's sending limits. */
  record Limits(
      @Nullable Integer messagesPerMinute,
      @Nullable Integer messagesPerHour,
      @Nullable Integer messagesPerDay,
      @Nullable Integer recipientsPerMinute,
      @Nullable Integer recipientsPerHour,
      @Nullable Integer recipientsPerDay,
      @Nullable Integer connections) {

    static @Nullable Limits of(SendingLimits own, @Nullable Integer connections) {
      Map<SendingLimit, Integer> amounts = own.amounts();
      return amounts.isEmpty() && connections == null
          ? null
          : new Limits(
              amounts.get(SendingLimit.MESSAGES_PER_MINUTE),
              amounts.get(SendingLimit.MESSAGES_PER_HOUR),
              amounts.get(SendingLimit.MESSAGES_PER_DAY),
              amounts.get(SendingLimit.RECIPIENTS_PER_MINUTE),
              amounts.get(SendingLimit.RECIPIENTS_PER_HOUR),
              amounts.get(SendingLimit.RECIPIENTS_PER_DAY),
              connections);
    }

    SendingLimits amounts() {
      Map<SendingLimit, Integer> amounts = new EnumMap<>(SendingLimit.class);
      put(amounts, SendingLimit.MESSAGES_PER_MINUTE, messagesPerMinute);
      put(amounts, SendingLimit.MESSAGES_PER_HOUR, messagesPerHour);
      put(amounts, SendingLimit.MESSAGES_PER_DAY, messagesPerDay);
      put(amounts, SendingLimit.RECIPIENTS_PER_MINUTE, recipientsPerMinute);
      put(amounts, SendingLimit.RECIPIENTS_PER_HOUR, recipientsPerHour);
      put(amounts, SendingLimit.RECIPIENTS_PER_DAY, recipientsPerDay);
      try {
        return new SendingLimits(amounts);
      } catch (IllegalArgumentException e) {
        throw new FieldsRefused("limits", String.valueOf(e.getMessage()));
      }
    }

    private static void put(
        Map<SendingLimit, Integer> amounts, SendingLimit limit, @Nullable Integer amount) {
      if (amount != null) {
        amounts.put(limit, amount);
      }
    }
  }
}
