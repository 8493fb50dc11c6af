package org.byoemail.operations.setup;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.audit.ChangedFields;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The entries of the audit log about accounts, in the transaction of the change. Fields are named
 * as in the API; of a password it is only recorded that it changed.
 */
@Component
class AccountEntries {
  private final AuditLog audit;

  AccountEntries(AuditLog audit) {
    this.audit = audit;
  }

  void created(Account account) {
    record(
        "account.created",
        account,
        Map.of("address", account.address().value(), "agent", account.agent().value().toString()));
  }

  void deleted(Account account) {
    record("account.deleted", account, Map.of("address", account.address().value()));
  }

  void changed(
      Account before, @Nullable OAuthGrant grantBefore, Account after, @Nullable OAuthGrant grant) {
    AccountSettings old = before.settings();
    AccountSettings now = after.settings();
    ChangedFields fields =
        new ChangedFields().compare("displayName", old.displayName(), now.displayName());
    server(fields, Protocol.SMTP, old, now);
    server(fields, Protocol.IMAP, old, now);
    fields
        .compare("imap.folders", old.folders(), now.folders())
        .compare("imap.pollInterval", seconds(old.pollInterval()), seconds(now.pollInterval()))
        .compare("imap.idle", old.idle(), now.idle())
        .compare(
            "imap.afterIngest",
            word(old.inbound().afterIngest()),
            word(now.inbound().afterIngest()))
        .compare("imap.moveTo", old.inbound().moveTo(), now.inbound().moveTo())
        .compare("imap.backfillSince", old.inbound().backfillSince(), now.inbound().backfillSince())
        .compare("outboundEnabled", before.outboundEnabled(), after.outboundEnabled())
        .compare("inboundEnabled", before.inboundEnabled(), after.inboundEnabled())
        .compare(
            "oauth.provider",
            of(grantBefore, OAuthGrant::provider),
            of(grant, OAuthGrant::provider))
        .compare(
            "oauth.kind", of(grantBefore, g -> g.kind().word()), of(grant, g -> g.kind().word()))
        .compare(
            "oauth.user",
            of(grantBefore, OAuthGrant::consentingUser),
            of(grant, OAuthGrant::consentingUser));
    if (!fields.isEmpty()) {
      record("account.changed", after, fields.details());
    }
  }

  void bounceAccount(Account account, @Nullable AccountId old, @Nullable AccountId now) {
    ChangedFields fields = new ChangedFields().compare("bounceAccount", old, now);
    if (!fields.isEmpty()) {
      record("account.changed", account, fields.details());
    }
  }

  private static void server(
      ChangedFields fields, Protocol protocol, AccountSettings before, AccountSettings after) {
    String side = protocol.word() + ".";
    ServerSettings old = before.side(protocol);
    ServerSettings now = after.side(protocol);
    fields
        .compare(side + "host", of(old, ServerSettings::host), of(now, ServerSettings::host))
        .compare(side + "port", of(old, ServerSettings::port), of(now, ServerSettings::port))
        .compare(
            side + "security", of(old, s -> s.security().word()), of(now, s -> s.security().word()))
        .compare(side + "auth", of(old, s -> s.auth().word()), of(now, s -> s.auth().word()))
        .compare(
            side + "username", of(old, ServerSettings::username), of(now, ServerSettings::username))
        .compareUnseen(
            side + "password", of(old, ServerSettings::secret), of(now, ServerSettings::secret));
  }

  private static <S, T> @Nullable T of(@Nullable S part, Function<S, @Nullable T> field) {
    return part == null ? null : field.apply(part);
  }

  private static long seconds(Duration interval) {
    return interval.toSeconds();
  }

  private static @Nullable String word(@Nullable AfterIngest action) {
    return action == null ? null : action.word();
  }

  private void record(String action, Account account, Map<String, ?> details) {
    audit.record(action, account.id().value(), account.organization(), details);
  }
}
