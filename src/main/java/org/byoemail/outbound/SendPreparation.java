package org.byoemail.outbound;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.byoemail.account.Account;
import org.byoemail.account.Accounts;
import org.byoemail.conversation.Attachment;
import org.byoemail.conversation.Attachments;
import org.byoemail.conversation.Message;
import org.byoemail.conversation.Messages;
import org.byoemail.mail.EmailAddress;
import org.byoemail.outbound.AttemptOutcome.Rejected;
import org.byoemail.outbound.OutgoingMail.Transport;
import org.byoemail.rollout.Rollout;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes the mail of a claim: chooses what it leaves by, begins the try, and composes it. When this
 * returns, everything is committed and no connection to the database is held.
 */
@Component("sendPreparation")
public class SendPreparation {
  private final Rollout rollout;
  private final TransportChoice choice;
  private final PlatformRelay relay;
  private final AccountCache accounts;
  private final Accounts allAccounts;
  private final Messages messages;
  private final Attachments attachments;
  private final OutboundPolicy policy;
  private final SuppressedRecipients suppressed;
  private final SendQuota quota;
  private final AttemptRows attempts;
  private final Deliveries deliveries;
  private final Claims claims;
  private final Composer composer;

  SendPreparation(
      Rollout rollout,
      TransportChoice choice,
      PlatformRelay relay,
      AccountCache accounts,
      Accounts allAccounts,
      Messages messages,
      Attachments attachments,
      OutboundPolicy policy,
      SuppressedRecipients suppressed,
      SendQuota quota,
      AttemptRows attempts,
      Deliveries deliveries,
      Claims claims,
      Composer composer) {
    this.rollout = rollout;
    this.choice = choice;
    this.relay = relay;
    this.accounts = accounts;
    this.allAccounts = allAccounts;
    this.messages = messages;
    this.attachments = attachments;
    this.policy = policy;
    this.suppressed = suppressed;
    this.quota = quota;
    this.attempts = attempts;
    this.deliveries = deliveries;
    this.claims = claims;
    this.composer = composer;
  }

  /**
   * The mail to send; null where it has to wait, or is no longer ours.
   *
   * @throws MessagingException where it cannot be composed: trouble of ours
   */
  public @Nullable OutgoingMail prepare(Claim claim) throws MessagingException {
    Message message =
        messages
            .find(claim.message())
            .orElseThrow(() -> new IllegalStateException("no message " + claim.message()));
    Optional<Account> account =
        claim.account() == null
            ? Optional.empty()
            : accounts.find(claim.account(), claim.accountVersion());
    if (claim.account() == null && adopted(claim, message)) {
      claims.done(claim);
      return null;
    }
    EmailAddress from = EmailAddress.parse(message.from());
    TransportChoice.Choice chosen = choice.of(claim, from, account.orElse(null));
    Transport transport = chosen.transport();
    if (transport == null) {
      deliveries.release(claim, Objects.requireNonNull(chosen.waitUntil()));
      claims.done(claim);
      return null;
    }
    if (transport == Transport.SMTP && !quota.allows(claim, account.orElseThrow())) {
      claims.done(claim);
      return null;
    }
    List<Attachment> files = attachments.ofMessage(message.id());
    Account server = transport == Transport.RELAY ? relay.of(from) : account.orElse(null);
    OutgoingMail mail = begin(claim, message, server, transport);
    if (mail == null) {
      claims.done(claim);
      return null;
    }
    if (!mail.envelope().isEmpty()) {
      composer.compose(mail, message, files, claim.attempt());
    }
    return mail;
  }

  private boolean adopted(Claim claim, Message message) {
    return rollout.isOn()
        && allAccounts
            .ofEndpoint(message.endpoint())
            .map(account -> deliveries.adopt(claim, account.id()))
            .orElse(false);
  }

  private @Nullable OutgoingMail begin(
      Claim claim, Message message, @Nullable Account account, Transport transport) {
    String provider = transport == Transport.NONE ? null : transport.word();
    // Before it begins: trouble with the database is then no try.
    OutboundPolicy.Decision policyOfAgent = policy.of(message.endpoint());
    AttemptRows.Begun begun = attempts.begin(claim, provider).orElse(null);
    if (begun == null) {
      return null;
    }
    Map<EmailAddress, AttemptOutcome> refused =
        new LinkedHashMap<>(suppressed.refusals(message.organization(), begun.suppressed()));
    for (EmailAddress recipient : begun.recipients()) {
      Rejected refusal = refusal(recipient, transport, policyOfAgent);
      if (refusal != null) {
        refused.putIfAbsent(recipient, refusal);
      }
    }
    List<EmailAddress> envelope = new ArrayList<>(begun.recipients());
    envelope.removeAll(refused.keySet());
    OutgoingMail mail =
        new OutgoingMail(
            claim,
            message,
            account,
            envelope.isEmpty() ? Transport.NONE : transport,
            envelope,
            begun.requestDeliveryReport());
    refused.forEach(mail::outcome);
    return mail;
  }

  private static @Nullable Rejected refusal(
      EmailAddress recipient, Transport transport, OutboundPolicy.Decision policy) {
    if (transport == Transport.NONE) {
      return new Rejected(
          "there is no account, and no other transport, for mail of this address", "no_transport");
    }
    if (!policy.allows(recipient)) {
      return new Rejected("the agent's contact policy does not allow it", "contact_policy");
    }
    // RFC 6531: it would need SMTPUTF8, of which Postmark says nothing.
    return transport != Transport.POSTMARK || recipient.localPart().chars().allMatch(c -> c < 128)
        ? null
        : new Rejected("the part before @ is not ASCII, which Postmark does not take", "5.6.7");
  }
}
