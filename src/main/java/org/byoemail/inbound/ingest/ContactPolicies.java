package org.byoemail.inbound.ingest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.report.Classification;
import org.byoemail.inbound.ingest.IngestDecision.Verdict;
import org.byoemail.inbound.ingest.SenderAuthentication.AuthenticationFound;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.byoemail.platform.conversation.Conversations;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * Decides on a mail by its header, in this order:
 *
 * <ol>
 *   <li>The gateway's own mail is refused: notices to the owner of the mailbox, and test mails,
 *       which are recorded as arrived.
 *   <li>A mail that the server repeatedly failed to return, or during which the program ended, is
 *       quarantined.
 *   <li>A probe of an alias of the account, or of its receiving server, is refused: it is not for
 *       the agent.
 *   <li>A mail that was taken in before is a duplicate.
 *   <li>A mail to an address of a catch-all domain that no rule names is refused where its account
 *       says so; of all others the rules say which agent's policy holds.
 *   <li>The agent's policy: {@code open} accepts everyone; {@code known} the agent's contacts, the
 *       addresses that it has written to, and its own address and proved aliases if the account's
 *       trusted server authenticates them; {@code listed} only its contacts. Whether the sender is
 *       who it says is judged once the mail was read, by {@link SenderReview}; only for an agent
 *       that admits unproven mail is it the receiving server's word on the header, if it checks.
 *   <li>A mail that a person has let in is accepted.
 *   <li>A mail of a loop is quarantined.
 *   <li>A mail that the policy accepts but is too large is quarantined with its header.
 *   <li>A mail that the policy does not accept is refused, unless it may be a delivery report of a
 *       moderate size: that one is read, and refused if it is no report.
 * </ol>
 */
@Component("contactPolicies")
public class ContactPolicies {
  private final Agents agents;
  private final Conversations conversations;
  private final DuplicateDetector known;
  private final SenderAuthentication authentications;
  private final LoopBreaker loops;
  private final InboundSettings settings;
  private final MailDestinations own;

  ContactPolicies(
      Agents agents,
      Conversations conversations,
      DuplicateDetector known,
      SenderAuthentication authentications,
      LoopBreaker loops,
      InboundSettings settings,
      MailDestinations own) {
    this.own = own;
    this.agents = agents;
    this.conversations = conversations;
    this.known = known;
    this.authentications = authentications;
    this.loops = loops;
    this.settings = settings;
  }

  /** Decides on the mails of a batch by their headers. */
  public void decide(IngestBatch batch) {
    own.assignDestinations(batch);
    authentications.learn(batch);
    Map<AgentId, List<IngestItem>> byAgent =
        batch.all().stream().collect(Collectors.groupingBy(item -> item.destination().agent()));
    Map<IngestItem, String> ownMails = own.among(batch);
    DuplicateDetector.Recorded recorded = known.recorded(batch);
    Map<AgentId, Round> rounds = new HashMap<>();
    byAgent.forEach(
        (agent, items) -> rounds.put(agent, round(agent, batch, items, ownMails, recorded)));
    for (IngestItem item : batch.all()) {
      Round round = Objects.requireNonNull(rounds.get(item.destination().agent()));
      AuthenticationFound found = authentications.of(item.account(), item.mail().headers());
      item.authenticated(found);
      if (round.agent() != null) {
        item.setPolicy(round.agent().contactPolicy());
        EmailAddress from = item.mail().headers().from().map(NamedAddress::address).orElse(null);
        if (from == null || !item.policy().lists(from)) {
          if (from != null && round.correspondents().contains(from)) {
            item.isOfCorrespondent();
          } else {
            item.markFirstContact();
          }
        }
      }
      IngestDecision decision = decide(item, found, round);
      round.recorded().add(item);
      item.decide(decision);
    }
  }

  private Round round(
      AgentId id,
      IngestBatch batch,
      List<IngestItem> items,
      Map<IngestItem, String> ownMails,
      DuplicateDetector.Recorded recorded) {
    Agent agent = agents.find(id).orElse(null);
    Map<EmailAddress, Integer> senders = senders(items);
    Set<EmailAddress> writtenTo =
        agent != null && agent.contactPolicy().inbound() == Mode.KNOWN
            ? conversations.writtenTo(agent.id(), senders.keySet())
            : Set.of();
    // The user who retries a mail has decided that it is no loop.
    Set<EmailAddress> held = batch.isRetry() ? Set.of() : loops.held(batch.account(), id, senders);
    Set<EmailAddress> known =
        agent == null ? Set.of() : conversations.correspondents(agent.id(), senders.keySet());
    return new Round(agent, writtenTo, known, held, ownMails, recorded);
  }

  /** What is looked up once for the mails of a batch that are for one agent. */
  private record Round(
      @Nullable Agent agent,
      Set<EmailAddress> writtenTo,
      Set<EmailAddress> correspondents,
      Set<EmailAddress> held,
      Map<IngestItem, String> ownMails,
      DuplicateDetector.Recorded recorded) {}

  private static Map<EmailAddress, Integer> senders(List<IngestItem> items) {
    return items.stream()
        .flatMap(one -> one.mail().headers().from().stream())
        .collect(Collectors.toMap(NamedAddress::address, any -> 1, Integer::sum));
  }

  private IngestDecision decide(IngestItem item, AuthenticationFound found, Round round) {
    String ours = round.ownMails().get(item);
    if (ours != null) {
      return IngestDecision.refuse(ours);
    }
    IncomingMail mail = item.mail();
    if (mail.isUnfetchable()) {
      return IngestDecision.quarantine("unfetchable: the server does not give this mail");
    }
    if (mail.isFatal()) {
      return IngestDecision.quarantine("fatal: the program ended each time that it read this mail");
    }
    if (own.isProbe(mail)) {
      return IngestDecision.probe();
    }
    if (round.recorded().isKnown(item)) {
      return new IngestDecision(Verdict.DUPLICATE, "it was taken in before");
    }
    Optional<String> objection = objection(item, found, round);
    if (objection.isEmpty()) {
      return accepted(mail, round);
    }
    if (mail.headers().mayBeReport()
        && !isLarger(mail, settings.maxReportSize())
        && !mail.exceedsMemory()) {
      return new IngestDecision(Verdict.REPORT_ONLY, objection.get());
    }
    return IngestDecision.refuse(objection.get());
  }

  private IngestDecision accepted(IncomingMail mail, Round round) {
    if (isLarger(mail, settings.maxMessageSize())) {
      return IngestDecision.quarantine(
          "%d bytes are more than the %s that are taken in"
              .formatted(mail.size(), settings.maxMessageSize()));
    }
    if (mail.exceedsMemory()) {
      return IngestDecision.quarantine(
          "%d bytes are more than this node may take for reading (byo.mailbox.memory)"
              .formatted(mail.size()));
    }
    boolean loops =
        mail.headers().from().filter(from -> round.held().contains(from.address())).isPresent();
    return loops
        ? IngestDecision.quarantine("held: its sender and the agent answered each other too often")
        : IngestDecision.accept();
  }

  /** Decides on a mail that was read and classified. */
  public void afterReading(IngestItem item, Classification classification) {
    item.classified(classification);
    IngestDecision decision = item.decision();
    if (classification.isForTheSender()) {
      item.decide(new IngestDecision(Verdict.REPORT, null));
    } else if (decision.verdict() == Verdict.REPORT_ONLY) {
      item.decide(new IngestDecision(Verdict.REFUSE, decision.reason()));
    }
  }

  private Optional<String> objection(IngestItem item, AuthenticationFound found, Round round) {
    IncomingMail mail = item.mail();
    if (item.destination().refused()) {
      return Optional.of("no rule of the catch-all domain names its recipient");
    }
    if (round.agent() == null) {
      return Optional.of("the agent was deleted");
    }
    if (mail.isReleased()) {
      return Optional.empty();
    }
    ContactPolicy policy = round.agent().contactPolicy();
    if (policy.inbound() == Mode.OPEN) {
      return Optional.empty();
    }
    Optional<EmailAddress> sender = mail.headers().from().map(NamedAddress::address);
    if (sender.isEmpty()) {
      return Optional.of("it names no sender");
    }
    if (policy.inbound() == Mode.LISTED) {
      return listed(policy, sender.get(), found);
    }
    // Forgers use the account's own addresses, and add an Authentication-Results field for them.
    boolean known =
        policy.lists(sender.get())
            || round.writtenTo().contains(sender.get())
            || found.isTrusted()
                && found.authentication() == Authentication.PASS
                && own.isOfAccount(mail.account(), sender.get());
    return known ? Optional.empty() : Optional.of("the sender is not known to the agent");
  }

  private static Optional<String> listed(
      ContactPolicy policy, EmailAddress sender, AuthenticationFound found) {
    if (!policy.lists(sender)) {
      return Optional.of("the sender is not among the agent's contacts");
    }
    boolean doubtful =
        !policy.failsClosed()
            && policy.requireAuthentication()
            && found.isChecked()
            && found.authentication() != Authentication.PASS;
    return doubtful
        ? Optional.of("the receiving server could not tell that the sender is who it says")
        : Optional.empty();
  }

  private static boolean isLarger(IncomingMail mail, DataSize limit) {
    return mail.size() > limit.toBytes();
  }
}
