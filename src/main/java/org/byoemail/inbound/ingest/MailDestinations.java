package org.byoemail.inbound.ingest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.alias.AccountAddresses;
import org.byoemail.account.alias.Aliases;
import org.byoemail.account.link.ConnectNoticeIds;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.UnsubscribeMails;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Determines whom mails are for: an agent, by the recipient and the account's addresses, or the
 * gateway itself, as its own mails to the owner of a mailbox (known by secret ids) and the probes
 * of aliases (known by tokens) are. Safe for use by many threads.
 */
@Component
class MailDestinations {
  private final ConnectNoticeIds notices;
  private final Aliases aliases;
  private final TestMailArrivals testMails;
  private final AuthservLearning authservProbes;
  private final ObjectProvider<UnsubscribeMails> unsubscribing;

  MailDestinations(
      ConnectNoticeIds notices,
      Aliases aliases,
      TestMailArrivals testMails,
      AuthservLearning authservProbes,
      ObjectProvider<UnsubscribeMails> unsubscribing) {
    this.unsubscribing = unsubscribing;
    this.authservProbes = authservProbes;
    this.testMails = testMails;
    this.notices = notices;
    this.aliases = aliases;
  }

  /**
   * Whether it is a probe of an alias or of the receiving server. Asks the database only if it
   * looks like one.
   */
  boolean isProbe(IncomingMail mail) {
    return aliases.isProbe(mail.account().id(), mail.headers().subject())
        || authservProbes.isProbe(mail.account(), mail.headers());
  }

  /** Whether an address is the account's, or one of its proved aliases. */
  boolean isOfAccount(Account account, EmailAddress address) {
    return address.equals(account.address()) || aliases.proved(account.id()).contains(address);
  }

  /** Determines the agent of each mail in a batch by the account's current addresses. */
  void assignDestinations(IngestBatch batch) {
    AccountAddresses addresses = aliases.addresses(batch.account());
    for (IngestItem item : batch.all()) {
      item.isFor(
          addresses.destination(
              EnvelopeRecipients.of(
                      item.mail().headers(), addresses::has, batch.account().address())
                  .orElse(null)));
    }
  }

  /** The gateway's own mails of a batch, each with what it is. Test mails are noted as arrived. */
  Map<IngestItem, String> among(IngestBatch batch) {
    Map<IngestItem, String> own = new HashMap<>();
    testMails.among(batch).forEach(item -> own.put(item, "it is a test mail of this gateway"));
    notices(batch)
        .forEach(item -> own.put(item, "it is the gateway's own mail to the owner of the mailbox"));
    unsubscribing.ifAvailable(
        mails ->
            batch.all().stream()
                .filter(
                    item ->
                        mails.unsubscribe(
                            batch.account().organization(), item.mail().headers().subject()))
                .forEach(item -> own.put(item, "its sender unsubscribed from the agent")));
    return own;
  }

  /** The notices of a batch. Asks the database only if one looks like it. */
  private Set<IngestItem> notices(IngestBatch batch) {
    Map<IngestItem, UUID> ids = new HashMap<>();
    for (IngestItem item : batch.all()) {
      id(item.mail().headers()).ifPresent(id -> ids.put(item, id));
    }
    Set<UUID> known = notices.known(ids.values());
    Set<IngestItem> own = new HashSet<>();
    ids.forEach(
        (item, id) -> {
          if (known.contains(id)) {
            own.add(item);
          }
        });
    return own;
  }

  private static Optional<UUID> id(MailHeaders headers) {
    return headers
        .first(ConnectNoticeIds.HEADER)
        .or(() -> headers.messageId().map(MessageId::value).flatMap(MailDestinations::inMessageId))
        .flatMap(MailDestinations::parsed);
  }

  private static Optional<String> inMessageId(String value) {
    int at = value.indexOf('@');
    return value.startsWith(ConnectNoticeIds.MESSAGE_ID_PREFIX) && at > 0
        ? Optional.of(value.substring(ConnectNoticeIds.MESSAGE_ID_PREFIX.length(), at))
        : Optional.empty();
  }

  private static Optional<UUID> parsed(String text) {
    try {
      return Optional.of(UUID.fromString(text.strip()));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Not ours.
    }
  }
}
