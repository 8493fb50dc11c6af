package org.byoemail.account.oauth;

import java.util.Optional;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Repository;

/**
 * The grants of accounts, one each, with their sealed tokens. Safe for use by many threads and
 * nodes.
 */
@Repository
public class OAuthGrants {

  /**
   * Says by what an account is to obtain its tokens. Another provider, client, kind or mailbox ends
   * the grant; the same ones change nothing.
   *
   * @param consentingUser null: the mailbox itself
   * @return whether something changed
   */
  public boolean assign(
      AccountId account, OAuthClient client, String mailbox, @Nullable String consentingUser) {
    throw new UnsupportedOperationException(account + mailbox + client + consentingUser);
  }

  /**
   * Stores what a person consented to, and ends the account's need for reauthorization; its mail
   * leaves again. Replaces an earlier grant of the account.
   */
  public void store(
      AccountId account,
      OAuthProvider provider,
      OAuthClient client,
      String mailbox,
      TokenSet tokens) {
    throw new UnsupportedOperationException(account + mailbox + provider + client + tokens);
  }

  /** The grant of an account. */
  public Optional<OAuthGrant> find(AccountId account) {
    throw new UnsupportedOperationException(account.toString());
  }
}
