package org.byoemail.account.oauth;

import org.byoemail.account.connection.MailboxTokens;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.springframework.stereotype.Component;

/** The current access tokens of accounts. Safe for use by many threads and nodes. */
@Component
public class AccessTokens implements MailboxTokens {

  @Override
  public String current(Account account, Protocol protocol) {
    throw new UnsupportedOperationException(account.id().toString());
  }

  @Override
  public String replacing(Account account, Protocol protocol, String refused) {
    throw new UnsupportedOperationException(account.id().toString());
  }
}
