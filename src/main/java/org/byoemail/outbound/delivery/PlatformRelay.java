package org.byoemail.outbound.delivery;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The platform's SMTP relay as an account without agent, so that the same pool and checks apply. It
 * has no row.
 */
@Component
class PlatformRelay {
  private static final AccountId ID =
      new AccountId(UUID.fromString("00000000-0000-8000-8000-0072656c6179"));
  private static final UUID NOBODY = new UUID(0, 0);

  private final @Nullable AccountSettings settings;

  PlatformRelay(TransportSettings transports, Secrets secrets) {
    TransportSettings.Relay relay = transports.relay();
    this.settings = relay.host() == null || !relay.isConfigured() ? null : of(relay, secrets);
  }

  private static AccountSettings of(TransportSettings.Relay relay, Secrets secrets) {
    String password = relay.password();
    ServerSettings smtp =
        new ServerSettings(
            String.valueOf(relay.host()),
            relay.port(),
            relay.security(),
            relay.signsIn() ? Auth.PLAIN : Auth.NONE,
            relay.signsIn() ? relay.username() : null,
            relay.signsIn() && password != null ? secrets.seal(ID, Protocol.SMTP, password) : null);
    return new AccountSettings(
        null, smtp, null, "INBOX", AccountSettings.DEFAULT_POLL_INTERVAL, false);
  }

  /**
   * The relay, for mail from that address, which is the envelope sender too.
   *
   * @throws IllegalStateException if no relay is configured
   */
  Account of(EmailAddress from) {
    if (settings == null) {
      throw new IllegalStateException("there is no relay");
    }
    return new Account(
        ID,
        new AgentId(NOBODY),
        OrganizationId.OPERATOR,
        new EndpointId(NOBODY),
        from,
        settings,
        null,
        null,
        true,
        false,
        null,
        null,
        null,
        1,
        Instant.EPOCH);
  }
}
