package org.byoemail.inbound.ingest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.byoemail.account.alias.Aliases;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.format.authentication.SenderVerdict.Kind;
import org.byoemail.format.authentication.SenderVerdict.Proofs;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.mailbox.InboundMailRows;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Mails that are held for review, and what people decide on them. They never expire. Safe for use
 * by many threads and nodes; not to be called inside a transaction.
 */
@Component("heldMails")
public class HeldMails {
  private static final Logger log = LoggerFactory.getLogger(HeldMails.class);

  /** The most mails that one request releases, or that are judged again at a time. */
  private static final int MAX_AT_ONCE = 100;

  /** Google Workspace signs so for domains without a key of their own; the label is a date. */
  private static final Pattern WORKSPACE_SIGNER =
      Pattern.compile("^([a-z0-9-]+)\\.[0-9]{6,10}\\.gappssmtp\\.com$");

  private final Inbox inbox;
  private final Accounts accounts;
  private final Aliases aliases;
  private final Reprocessing reprocessing;
  private final InboundMailRows rows;
  private final TrustedWays ways;
  private final HeldMailStore store;

  HeldMails(
      Inbox inbox,
      Accounts accounts,
      Aliases aliases,
      Reprocessing reprocessing,
      InboundMailRows rows,
      TrustedWays ways,
      HeldMailStore store) {
    this.inbox = inbox;
    this.accounts = accounts;
    this.aliases = aliases;
    this.reprocessing = reprocessing;
    this.rows = rows;
    this.ways = ways;
    this.store = store;
  }

  /**
   * Lets a mail in, whatever the verdict.
   *
   * @param organization null: whichever it belongs to
   * @return its outcome; empty if there is no such mail
   * @throws RetryRefused if it is not held
   */
  public Optional<InboxEntry> release(@Nullable OrganizationId organization, UUID id) {
    Optional<InboxEntry> found = held(organization, id);
    if (found.isEmpty()) {
      return found;
    }
    InboxEntry item = found.get();
    reprocessing.process(account(item), item, true);
    Optional<InboxEntry> outcome = inbox.find(organization, id);
    // It may be a duplicate, or have been decided on meanwhile.
    outcome.ifPresent(
        one -> store.audit("held.released", item, Map.of("outcome", one.status().word())));
    return outcome;
  }

  /**
   * Lets in up to 100 unproven mails, the oldest first. Forged ones stay held.
   *
   * @param organization null: all
   * @param account null: all
   * @param sender an address, or a domain with @ before it; null: all
   * @return how many became messages
   */
  public int releaseUnproven(
      @Nullable OrganizationId organization, @Nullable UUID account, @Nullable String sender) {
    int released = 0;
    for (UUID id : store.oldest(organization, account, sender, Kind.UNPROVEN.word(), MAX_AT_ONCE)) {
      try {
        Optional<InboxEntry> item = release(organization, id);
        released += item.filter(one -> one.status() == InboundStatus.INGESTED).isPresent() ? 1 : 0;
      } catch (RetryRefused e) {
        log.debug("{} was decided on meanwhile", id, e);
      } catch (RuntimeException e) {
        log.warn("The held mail {} could not be released; the next is", id, e);
      }
    }
    return released;
  }

  /**
   * Discards a mail: it is recorded as refused, and stays in its mailbox. Its account may be gone.
   *
   * @return its outcome; empty if there is no such mail
   * @throws RetryRefused if it is not held
   */
  public Optional<InboxEntry> discard(@Nullable OrganizationId organization, UUID id) {
    Optional<InboxEntry> found = held(organization, id);
    found.ifPresent(
        item ->
            store.inTransaction(
                () -> {
                  if (rows.discardHeld(id, "a person discarded it")) {
                    store.auditWithin("held.discarded", item, Map.of());
                  }
                }));
    return found.isEmpty() ? found : inbox.find(organization, id);
  }

  /**
   * A trusted way that a person asks for.
   *
   * @param wholeDomain whether it is for all addresses of the sender's domain
   * @param signer null: any
   * @param envelope null: any
   * @param list null: any
   */
  public record Trust(
      boolean wholeDomain,
      @Nullable String signer,
      @Nullable String envelope,
      @Nullable String list,
      boolean invitation) {}

  /**
   * Trusts mail that comes as this one came, then judges what is held of its sender again.
   *
   * @return the outcome of this mail; empty if there is no such mail
   * @throws RetryRefused if it is not held, or names no sender
   * @throws TrustedWayInvalid naming what would trust too much
   */
  public Optional<InboxEntry> trust(@Nullable OrganizationId organization, UUID id, Trust asked) {
    Optional<InboxEntry> found = held(organization, id);
    if (found.isEmpty()) {
      return found;
    }
    InboxEntry item = found.get();
    if (!isHeldForSender(item)) {
      throw new RetryRefused(
          id,
          "cannot be trusted: only mail held with `because: sender` can be; release or discard it");
    }
    EmailAddress sender = sender(item);
    Account account = account(item);
    TrustedWay.Draft way =
        new TrustedWay.Draft(
            asked.wholeDomain() ? "@" + sender.domain() : sender.value(),
            asked.signer(),
            asked.envelope(),
            asked.list(),
            asked.invitation());
    boolean matches = item.judged() != null && way.matches(item.judged().found().proofs());
    if (!matches) {
      throw new TrustedWayInvalid(
          "signer",
          "does not match how this mail came, given envelope, list and invitation: send one of"
              + " its offers");
    }
    AgentId agent = agent(account, item);
    store.inTransaction(
        () -> {
          ways.add(agent, way);
          Map<String, String> details = new LinkedHashMap<>();
          details.put("agent", agent.toString());
          details.put("contact", way.contact());
          putIfThere(details, "signer", way.signer());
          putIfThere(details, "envelope", way.envelope());
          putIfThere(details, "list", way.list());
          putIfThere(details, "invitation", way.invitation() ? "true" : null);
          store.auditWithin("held.trusted", item, details);
        });
    store
        .oldest(account.organization(), null, way.contact(), null, MAX_AT_ONCE)
        .forEach(this::judgeAgain);
    return inbox.find(organization, id);
  }

  /** The ways by which a mail came that could be trusted, the narrowest each. */
  public static List<Trust> offers(InboxEntry item) {
    StoredSenderVerdict judged = item.judged();
    if (judged == null || item.status() != InboundStatus.HELD || !isHeldForSender(item)) {
      return List.of();
    }
    Proofs proofs = judged.found().proofs();
    String list = proofs.list().isEmpty() ? null : proofs.list();
    String envelope =
        proofs.envelope().isEmpty() || TrustedWay.isShared(proofs.envelope())
            ? null
            : proofs.envelope();
    List<Trust> offers = new ArrayList<>();
    for (String signer : proofs.signers()) {
      String pattern = WORKSPACE_SIGNER.matcher(signer).replaceFirst("$1.*.gappssmtp.com");
      if (proofs.invitation() && TrustedWay.isCalendar(signer)) {
        offers.add(new Trust(false, signer, null, null, true));
      } else if (envelope != null || !TrustedWay.isShared(pattern)) {
        String needed = TrustedWay.isShared(pattern) ? envelope : null;
        offers.add(new Trust(false, pattern, needed, list, false));
      }
    }
    if (envelope != null) {
      offers.add(new Trust(false, null, envelope, list, false));
    }
    return offers;
  }

  private static boolean isHeldForSender(InboxEntry item) {
    return item.judged() == null || item.judged().heldBecause() == HoldReason.SENDER;
  }

  /** Trusts a way no more; false if the agent has no such way. */
  public boolean distrust(Agent agent, UUID way) {
    return store.changed(
        () -> ways.remove(agent.id(), way),
        "agent.trusted_way_removed",
        agent,
        Map.of("way", way.toString()));
  }

  private static void putIfThere(Map<String, String> details, String name, @Nullable String value) {
    if (value != null) {
      details.put(name, value);
    }
  }

  /** Judges mails again for which DNS or a scanner did not answer; called by a route. */
  public void judgeAgain() {
    // Claimed one by one: scanners may be slow, and another node would claim what waits its turn.
    for (int i = 0; i < MAX_AT_ONCE; i++) {
      Optional<UUID> next = rows.claimRecheck();
      if (next.isEmpty()) {
        return;
      }
      judgeAgain(next.get());
    }
  }

  private void judgeAgain(UUID id) {
    try {
      Optional<InboxEntry> item =
          inbox.find(null, id).filter(one -> one.status() == InboundStatus.HELD);
      Optional<Account> account = item.flatMap(one -> accounts.find(one.account()));
      if (item.isPresent() && account.isPresent()) {
        reprocessing.process(account.get(), item.get(), false);
      }
    } catch (RuntimeException e) {
      log.warn(
          "The held mail {} was not judged again; it is tried again if it is undecided", id, e);
    }
  }

  private Optional<InboxEntry> held(@Nullable OrganizationId organization, UUID id) {
    Optional<InboxEntry> found = inbox.find(organization, id);
    found.ifPresent(
        item -> {
          if (item.status() != InboundStatus.HELD) {
            throw new RetryRefused(id, "it is not held for review: it is " + item.status().word());
          }
        });
    return found;
  }

  private Account account(InboxEntry item) {
    return accounts
        .find(item.account())
        .orElseThrow(() -> new RetryRefused(item.id(), "its account was deleted"));
  }

  private AgentId agent(Account account, InboxEntry item) {
    EmailAddress recipient = item.recipient() == null ? null : new EmailAddress(item.recipient());
    return aliases.addresses(account).destination(recipient).agent();
  }

  private static EmailAddress sender(InboxEntry item) {
    try {
      return EmailAddress.parse(item.sender() == null ? "" : item.sender());
    } catch (IllegalArgumentException e) {
      throw new RetryRefused(item.id(), "it names no sender that could be trusted");
    }
  }
}
