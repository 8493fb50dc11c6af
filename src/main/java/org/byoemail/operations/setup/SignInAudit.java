package org.byoemail.operations.setup;

import java.util.LinkedHashMap;
import java.util.Map;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.registry.Account;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Records who began a sign-in at a provider, and what it changed. Thread-safe. */
@Component
class SignInAudit {
  private final AuditLog audit;

  SignInAudit(AuditLog audit) {
    this.audit = audit;
  }

  /** A user of the console or a key began one. */
  @Transactional
  public void begun(Account account, OAuthGrant grant) {
    audit.record(
        "account.sign_in_begun",
        account.id().value(),
        account.organization(),
        details(grant, null));
  }

  /**
   * A grant is stored. The callback has no login: the provider says who consented.
   *
   * @param user as the ID token names them; null: it does not
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void authorized(Account account, OAuthGrant grant, @Nullable String user) {
    audit.runAs(
        AuditActor.provider(grant.provider()),
        () -> {
          audit.record(
              "account.authorized",
              account.id().value(),
              account.organization(),
              details(grant, user));
          return account;
        });
  }

  private static Map<String, String> details(OAuthGrant grant, @Nullable String user) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("provider", grant.provider());
    details.put("mailbox", grant.mailbox());
    if (user != null) {
      details.put("user", user);
    }
    return details;
  }
}
