package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.format.mail.AddressText;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.composition.Composer;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes the mails of claims: chooses what they leave by, begins the attempts, and composes them. No
 * connection to the database is held afterwards.
 */
@Component("sendPreparation")
public class SendPreparation {
  // Larger bodies are loaded when their mail is composed.
  private static final int SMALL_BODY = 64 << 10;
  // As a row, as text, with other line ends, and as it is encoded.
  private static final int COPIES = 6;

  private final Rollout rollout;
  private final TransportChoice choice;
  private final PlatformRelay relay;
  private final AccountCache accounts;
  private final Accounts allAccounts;
  private final Messages messages;
  private final Attachments attachments;
  private final OutboundContactPolicy policy;
  private final SuppressedRecipients suppressed;
  private final SendQuota quota;
  private final DeliveryLifecycle lifecycle;
  private final Claims claims;
  private final Composer composer;
  private final SendingShares shares;
  private final AccountLimits limits;

  SendPreparation(
      Rollout rollout,
      TransportChoice choice,
      PlatformRelay relay,
      AccountCache accounts,
      Accounts allAccounts,
      Messages messages,
      Attachments attachments,
      OutboundContactPolicy policy,
      SuppressedRecipients suppressed,
      SendQuota quota,
      DeliveryLifecycle lifecycle,
      Claims claims,
      Composer composer,
      SendingShares shares,
      AccountLimits limits) {
    this.shares = shares;
    this.limits = limits;
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
    this.lifecycle = lifecycle;
    this.claims = claims;
    this.composer = composer;
  }

  /**
   * Begins attempts: all data that sending needs is read and written in batches. Committed on
   * return.
   *
   * @return the mails to compose and send; without those that have to wait, have expired, or whose
   *     claim was lost
   */
  public List<OutgoingMail> begin(List<Claim> claimed) {
    List<Claim> claims = withoutExpired(claimed);
    if (claims.isEmpty()) {
      return List.of();
    }
    Map<UUID, Messages.PartlyLoaded> found =
        messages.find(claims.stream().map(Claim::message).toList(), SMALL_BODY).stream()
            .collect(Collectors.toMap(one -> one.message().id(), one -> one));
    List<Planned> planned = new ArrayList<>();
    Map<SendingShares.Wait, List<Claim>> waiting = new HashMap<>();
    Map<UUID, Optional<Account>> since = new HashMap<>();
    for (Claim claim : claims) {
      Messages.PartlyLoaded outlined =
          Objects.requireNonNull(found.get(claim.message()), "message of a delivery");
      Message message = outlined.message();
      Optional<Account> account =
          claim.account() == null
              ? Optional.empty()
              : accounts.find(claim.account(), claim.accountVersion());
      if (claim.account() == null && adopted(claim, message, since)) {
        this.claims.done(claim);
        continue;
      }
      EmailAddress from = EmailAddress.parse(message.from());
      TransportChoice.Choice chosen =
          choice.of(claim, message.organization(), from, account.orElse(null));
      Transport transport = chosen.transport();
      if (transport == null) {
        lifecycle.postpone(List.of(claim), chosen.delay());
        this.claims.done(claim);
        continue;
      }
      SendingShares.Wait wait =
          shares.begin(
              claim,
              transport == Transport.SMTP ? account.orElseThrow() : null,
              heap(outlined, transport));
      if (wait != null) {
        waiting.computeIfAbsent(wait, one -> new ArrayList<>()).add(claim);
      } else if (transport == Transport.SMTP && !quota.allows(claim, account.orElseThrow())) {
        this.claims.done(claim);
      } else {
        Account server = transport == Transport.RELAY ? relay.of(from) : account.orElse(null);
        planned.add(new Planned(claim, message, server, transport));
      }
    }
    waiting.forEach(this::letWait);
    return mails(planned);
  }

  /** These are no attempts. */
  private void letWait(SendingShares.Wait wait, List<Claim> claimed) {
    if (wait.reason() != null) {
      limits.waitFor(
          claimed.stream().map(Claim::account).filter(Objects::nonNull).distinct().toList(),
          wait.delay(),
          wait.reason());
    }
    lifecycle.postpone(claimed, wait.delay());
    claimed.forEach(claims::done);
  }

  /** The heap that composing and sending takes; 0 for a small mail. Files are streamed. */
  private long heap(Messages.PartlyLoaded outlined, Transport transport) {
    long files =
        transport == Transport.POSTMARK
            ? attachments.ofMessage(outlined.message().id()).stream()
                .mapToLong(Attachment::size)
                .sum()
            : 0;
    long bytes = outlined.bodyBytes() + files;
    return bytes <= SMALL_BODY ? 0 : bytes * COPIES;
  }

  /**
   * Composes a mail, with its bodies if they were left in the database, unless no recipient is
   * left.
   *
   * @throws MessagingException if it cannot be composed: an internal error
   */
  public void compose(OutgoingMail mail) throws MessagingException {
    if (!mail.envelope().isEmpty()) {
      if (mail.message().text() == null && mail.message().html() == null) {
        mail.complete(
            messages
                .find(mail.messageId())
                .orElseThrow(() -> new IllegalStateException("no message " + mail.messageId())));
      }
      composer.compose(mail, mail.message(), mail.files(), mail.claim().attempt());
    }
  }

  private record Planned(
      Claim claim, Message message, @Nullable Account account, Transport transport) {
    AttemptRows.Start start() {
      return new AttemptRows.Start(claim, transport == Transport.NONE ? null : transport.word());
    }
  }

  private List<Claim> withoutExpired(List<Claim> claimed) {
    List<Claim> expired = claimed.stream().filter(Claim::expired).toList();
    if (!expired.isEmpty()) {
      lifecycle.expire(expired);
      expired.forEach(claims::done);
    }
    return claimed.stream().filter(claim -> !claim.expired()).toList();
  }

  private List<OutgoingMail> mails(List<Planned> planned) {
    if (planned.isEmpty()) {
      return List.of();
    }
    // Before they begin: an error of the database is then no attempt.
    Map<UUID, OutboundContactPolicy.Decision> policies =
        policy.of(planned.stream().map(one -> one.message().endpoint()).distinct().toList());
    Map<UUID, List<Attachment>> files =
        attachments.ofMessages(planned.stream().map(one -> one.message().id()).toList());
    Map<UUID, AttemptRows.StartedAttempt> begun =
        lifecycle.begin(planned.stream().map(Planned::start).toList());
    List<OutgoingMail> mails = new ArrayList<>();
    for (Planned one : planned) {
      AttemptRows.StartedAttempt started = begun.get(one.message().id());
      if (started == null) {
        claims.done(one.claim());
      } else {
        mails.add(
            mail(
                one,
                started,
                policies.getOrDefault(one.message().endpoint(), recipient -> false),
                files.getOrDefault(one.message().id(), List.of())));
      }
    }
    return mails;
  }

  /**
   * @param since the accounts that senders without one have got, as far as they were asked for
   */
  private boolean adopted(Claim claim, Message message, Map<UUID, Optional<Account>> since) {
    return rollout.isOn()
        && since
            .computeIfAbsent(message.endpoint(), allAccounts::ofEndpoint)
            .map(account -> lifecycle.assign(claim, account.id()))
            .orElse(false);
  }

  private OutgoingMail mail(
      Planned planned,
      AttemptRows.StartedAttempt begun,
      OutboundContactPolicy.Decision policyOfAgent,
      List<Attachment> files) {
    Map<EmailAddress, AttemptOutcome> refused =
        new LinkedHashMap<>(
            suppressed.refusals(planned.message().organization(), begun.suppressed()));
    for (EmailAddress recipient : begun.recipients()) {
      Rejected refusal = refusal(recipient, planned.transport(), policyOfAgent);
      if (refusal != null) {
        refused.putIfAbsent(recipient, refusal);
      }
    }
    List<EmailAddress> envelope = new ArrayList<>(begun.recipients());
    envelope.removeAll(refused.keySet());
    OutgoingMail mail =
        new OutgoingMail(
            planned.claim(),
            planned.message(),
            planned.account(),
            envelope.isEmpty() ? Transport.NONE : planned.transport(),
            envelope,
            files,
            begun.requestDeliveryReport());
    refused.forEach(mail::outcome);
    return mail;
  }

  private static @Nullable Rejected refusal(
      EmailAddress recipient, Transport transport, OutboundContactPolicy.Decision policy) {
    if (transport == Transport.NONE) {
      return new Rejected(
          "there is no account, and no other transport, for mail of this address", "no_transport");
    }
    if (!policy.allows(recipient)) {
      return new Rejected("the agent's contact policy does not allow it", "contact_policy");
    }
    // RFC 6531: it would need SMTPUTF8, of which Postmark says nothing.
    return transport != Transport.POSTMARK || !AddressText.isInternational(recipient.value())
        ? null
        : new Rejected("the part before @ is not ASCII, which Postmark does not take", "5.6.7");
  }
}
