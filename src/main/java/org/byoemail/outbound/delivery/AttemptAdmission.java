package org.byoemail.outbound.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Decides which claimed mail may leave now, and by which transport. Other claims are given up: the
 * mail waits. Safe for use by many threads.
 */
@Component
class AttemptAdmission {
  private final SenderAccounts accounts;
  private final TransportChoice choice;
  private final PlatformRelay relay;
  private final ServerConcurrencyLimiter shares;
  private final SendQuota quota;
  private final ClaimedContents contents;
  private final ReleasedClaims released;

  AttemptAdmission(
      SenderAccounts accounts,
      TransportChoice choice,
      PlatformRelay relay,
      ServerConcurrencyLimiter shares,
      SendQuota quota,
      ClaimedContents contents,
      ReleasedClaims released) {
    this.accounts = accounts;
    this.choice = choice;
    this.relay = relay;
    this.shares = shares;
    this.quota = quota;
    this.contents = contents;
    this.released = released;
  }

  /**
   * A mail that may leave.
   *
   * @param server the account it leaves by, or the relay; null if it leaves by neither
   */
  record Admitted(
      Claim claim,
      Message message,
      boolean hasFiles,
      @Nullable Account server,
      Transport transport) {
    AttemptRows.Start start() {
      return new AttemptRows.Start(claim, transport == Transport.NONE ? null : transport.word());
    }
  }

  /** The mails that may leave now, in the order of the claims. */
  List<Admitted> admit(List<Claim> claims) {
    Map<StoredMessageId, Messages.PartlyLoaded> messages = contents.messages(claims);
    Map<EndpointId, Optional<Account>> lookedUp = new HashMap<>();
    Map<ServerConcurrencyLimiter.Wait, List<Claim>> waiting = new HashMap<>();
    List<Admitted> admitted = new ArrayList<>();
    for (Claim claim : claims) {
      Messages.PartlyLoaded loaded =
          Objects.requireNonNull(messages.get(claim.message()), "message of a delivery");
      Message message = loaded.message();
      Account account = accounts.of(claim).orElse(null);
      if (accounts.assign(claim, message, lookedUp)) {
        released.drop(claim);
        continue;
      }
      EmailAddress from = EmailAddress.parse(message.from());
      TransportChoice.Choice chosen = choice.of(claim, message.organization(), from, account);
      Transport transport = chosen.transport();
      if (transport == null) {
        released.postpone(List.of(claim), chosen.delay());
        continue;
      }
      Account sender = transport == Transport.SMTP ? Objects.requireNonNull(account) : null;
      ServerConcurrencyLimiter.Wait wait =
          shares.begin(claim, sender, contents.heap(claim, loaded, transport));
      if (wait != null) {
        waiting.computeIfAbsent(wait, one -> new ArrayList<>()).add(claim);
      } else if (sender != null && !quota.allows(claim, sender)) {
        released.drop(claim);
      } else {
        Account server = transport == Transport.RELAY ? relay.of(from) : account;
        admitted.add(new Admitted(claim, message, loaded.hasFiles(), server, transport));
      }
    }
    waiting.forEach((wait, some) -> released.postpone(some, wait));
    return admitted;
  }
}
