package org.byoemail.inbound;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.byoemail.account.Agent;
import org.byoemail.account.Agents;
import org.byoemail.account.ContactPolicy;
import org.byoemail.account.ContactPolicy.Mode;
import org.byoemail.conversation.Conversations;
import org.byoemail.inbound.Decision.Verdict;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.NamedAddress;
import org.byoemail.mailbox.IncomingMail;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * Decides on a mail by its header alone, in this order:
 *
 * <ol>
 *   <li>What the server has failed to give for long is quarantined.
 *   <li>What was taken in before is a duplicate.
 *   <li>The agent's policy: {@code open} lets everybody in; {@code known} its contacts, whoever it
 *       has written to, and its own address; {@code listed} its contacts only, and where the
 *       receiving server wrote Authentication-Results they must say pass (a server that writes none
 *       cannot be asked, and From can then be forged).
 *   <li>What the policy lets in but is too large is quarantined with its header.
 *   <li>What it does not let in is refused, unless it may be a delivery report of a moderate size:
 *       then it is read, and refused if it is none.
 * </ol>
 */
@Component("contactPolicies")
public class ContactPolicies {
  private final Agents agents;
  private final Conversations conversations;
  private final KnownMails known;
  private final InboundSettings settings;

  ContactPolicies(
      Agents agents, Conversations conversations, KnownMails known, InboundSettings settings) {
    this.agents = agents;
    this.conversations = conversations;
    this.known = known;
    this.settings = settings;
  }

  /** Decides on mails of which the header is known. */
  public void decide(IntakeBatch batch) {
    Optional<Agent> agent = agents.find(batch.account().agent());
    Set<EmailAddress> writtenTo =
        agent
            .filter(one -> one.contactPolicy().inbound() == Mode.KNOWN)
            .map(one -> conversations.writtenTo(one.id(), senders(batch)))
            .orElse(Set.of());
    KnownMails.Recorded recorded = known.recorded(batch);
    for (Intake intake : batch.all()) {
      IncomingMail mail = intake.mail();
      Decision decision = decide(mail, agent.orElse(null), writtenTo, recorded);
      recorded.add(mail, decision.verdict() == Verdict.ACCEPT);
      intake.decide(decision);
    }
  }

  private static Set<EmailAddress> senders(IntakeBatch batch) {
    return batch.all().stream()
        .flatMap(one -> one.mail().headers().from().stream())
        .map(NamedAddress::address)
        .collect(Collectors.toSet());
  }

  private Decision decide(
      IncomingMail mail,
      @Nullable Agent agent,
      Set<EmailAddress> writtenTo,
      KnownMails.Recorded recorded) {
    if (mail.isUnfetchable()) {
      return Decision.quarantine("unfetchable: the server does not give this mail");
    }
    if (recorded.isKnown(mail)) {
      return new Decision(Verdict.DUPLICATE, "it was taken in before");
    }
    Optional<String> objection = objection(mail, agent, writtenTo);
    if (objection.isEmpty()) {
      return isLarger(mail, settings.maxMessageSize())
          ? Decision.quarantine(
              "%d bytes are more than the %s that are taken in"
                  .formatted(mail.size(), settings.maxMessageSize()))
          : Decision.accept();
    }
    if (mail.headers().mayBeReport() && !isLarger(mail, settings.maxReportSize())) {
      return new Decision(Verdict.REPORT_ONLY, objection.get());
    }
    return Decision.refuse(objection.get());
  }

  /**
   * Decides on a mail that was read.
   *
   * @param report whether it is a delivery report
   * @param found what the classifier found in it
   */
  public void afterReading(Intake intake, boolean report, Object found) {
    intake.classified(found);
    Decision decision = intake.decision();
    if (report) {
      intake.decide(new Decision(Verdict.REPORT, null));
    } else if (decision.verdict() == Verdict.REPORT_ONLY) {
      intake.decide(new Decision(Verdict.REFUSE, decision.reason()));
    }
  }

  private static Optional<String> objection(
      IncomingMail mail, @Nullable Agent agent, Set<EmailAddress> writtenTo) {
    if (agent == null) {
      return Optional.of("the agent was deleted");
    }
    ContactPolicy policy = agent.contactPolicy();
    if (policy.inbound() == Mode.OPEN) {
      return Optional.empty();
    }
    Optional<EmailAddress> sender = mail.headers().from().map(NamedAddress::address);
    if (sender.isEmpty()) {
      return Optional.of("it names no sender");
    }
    if (policy.inbound() == Mode.LISTED) {
      return listed(policy, sender.get(), mail);
    }
    boolean known =
        policy.lists(sender.get()) || isOwn(sender.get(), mail) || writtenTo.contains(sender.get());
    return known ? Optional.empty() : Optional.of("the sender is not known to the agent");
  }

  // The account's own address is the first thing that a forger writes.
  private static boolean isOwn(EmailAddress sender, IncomingMail mail) {
    return sender.equals(mail.account().address())
        && AuthenticationResults.of(mail.headers()) == Authentication.PASS;
  }

  private static Optional<String> listed(
      ContactPolicy policy, EmailAddress sender, IncomingMail mail) {
    if (!policy.lists(sender)) {
      return Optional.of("the sender is not among the agent's contacts");
    }
    boolean doubtful =
        AuthenticationResults.isPresent(mail.headers())
            && AuthenticationResults.of(mail.headers()) != Authentication.PASS;
    return doubtful
        ? Optional.of("the receiving server could not tell that the sender is who it says")
        : Optional.empty();
  }

  private static boolean isLarger(IncomingMail mail, DataSize limit) {
    return mail.size() > limit.toBytes();
  }
}
