package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Secrets;
import org.byoemail.format.mail.AccountId;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** An account is changed by somebody who read it before its secrets were resealed. */
class ResealedWhileChangedTest extends WebTest {
  @Autowired private Accounts accounts;
  @Autowired private AccountSetup setup;
  @Autowired private Secrets secrets;

  @Test
  void sideStaysTestedAndItsSecretStaysSealedAnew() {
    UUID id = UUID.fromString(account("default", fresh("ada") + "@example.test"));
    jdbc.sql(
            "UPDATE agent_email_account SET smtp_verified_at = now(), outbound_enabled = true"
                + " WHERE id = :id")
        .param("id", id)
        .update();
    Account read = accounts.find(new AccountId(id)).orElseThrow();
    byte[] fresh = secrets.seal(id, "smtp", "secret").bytes();
    jdbc.sql("UPDATE agent_email_account SET smtp_secret = :fresh WHERE id = :id")
        .param("fresh", fresh)
        .param("id", id)
        .update();

    ServerDraft same = new ServerDraft("localhost", 1025, "none", "plain", null, null);
    setup.change(read, new AccountDraft("Ada", same, same), null, null);

    Account changed = accounts.find(new AccountId(id)).orElseThrow();
    assertThat(changed.settings().displayName()).isEqualTo("Ada");
    assertThat(changed.isSending()).isTrue();
    assertThat(changed.settings().smtp().secret().bytes()).isEqualTo(fresh);
  }
}
