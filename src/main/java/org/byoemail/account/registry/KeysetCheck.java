package org.byoemail.account.registry;

import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.health.StartRefused;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Stops the start of a node whose keyset opens none of the stored passwords: it would take its
 * share of the mailboxes and open none of them.
 */
@Component
class KeysetCheck implements InitializingBean {
  private static final Logger log = LoggerFactory.getLogger(KeysetCheck.class);
  private static final int SAMPLE = 50;

  private final JdbcClient jdbc;
  private final Secrets secrets;

  KeysetCheck(JdbcClient jdbc, Secrets secrets) {
    this.jdbc = jdbc;
    this.secrets = secrets;
  }

  private record Stored(AccountId account, Protocol protocol, byte @Nullable [] secret) {}

  @Override
  public void afterPropertiesSet() {
    List<Stored> sample =
        jdbc.sql(
                """
                SELECT a.id, side.protocol, side.secret FROM agent_email_account a
                CROSS JOIN LATERAL (VALUES ('SMTP', a.smtp_secret), ('IMAP', a.imap_secret)) side (protocol, secret)
                WHERE side.secret IS NOT NULL ORDER BY a.id DESC LIMIT :sample
                """)
            .param("sample", SAMPLE)
            .query(
                (row, number) ->
                    new Stored(
                        new AccountId(row.getObject("id", UUID.class)),
                        Protocol.valueOf(row.getString("protocol")),
                        row.getBytes("secret")))
            .list();
    long closed = sample.stream().filter(stored -> !opens(stored)).count();
    if (closed > 0 && closed == sample.size()) {
      throw new WrongKeyset();
    }
    if (closed > 0) {
      log.warn(
          "byo.secret.keyset opens {} of the {} newest passwords only: put the missing key back",
          sample.size() - closed,
          sample.size());
    }
  }

  private boolean opens(Stored stored) {
    byte[] secret = stored.secret();
    try {
      return secret == null
          || secrets.open(stored.account(), stored.protocol(), new SealedSecret(secret)) != null;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** The keyset opens none of the stored passwords. */
  static final class WrongKeyset extends StartRefused {
    private static final long serialVersionUID = 1;

    WrongKeyset() {
      super(
          "byo.secret.keyset (BYO_SECRET_KEYSET) opens none of the passwords in the database",
          "Start the node with the keyset of the others; a new key goes in front of the old ones.");
    }
  }
}
