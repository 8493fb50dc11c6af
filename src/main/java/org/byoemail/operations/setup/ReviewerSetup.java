package org.byoemail.operations.setup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.outbox.ReviewMailing;
import org.byoemail.outbound.review.MailReviewer;
import org.byoemail.outbound.review.MailReviewers;
import org.byoemail.outbound.review.ReviewerConfirmations;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Names the people who are asked by mail to decide on reviews, each step with an entry in the audit
 * log. Safe for use by many threads.
 */
@Service
public class ReviewerSetup {
  private static final int MAX_AGENTS = 100;

  private final MailReviewers reviewers;
  private final ReviewerConfirmations confirmations;
  private final ReviewMailing mailing;
  private final Agents agents;
  private final AuditLog audit;

  ReviewerSetup(
      MailReviewers reviewers,
      ReviewerConfirmations confirmations,
      ReviewMailing mailing,
      Agents agents,
      AuditLog audit) {
    this.confirmations = confirmations;
    this.reviewers = reviewers;
    this.mailing = mailing;
    this.agents = agents;
    this.audit = audit;
  }

  /**
   * A reviewer as entered.
   *
   * @param agents null or empty: all agents
   * @param decidesBy {@code login} or {@code code}; null: login
   */
  public record Draft(
      @Nullable String address, @Nullable List<UUID> agents, @Nullable String decidesBy) {}

  /**
   * Creates a reviewer, who is sent a mail to confirm the address, and is asked from then on.
   *
   * @param by who names it, such as {@code key:<id>}
   * @throws FieldsRefused naming what is wrong
   * @throws SetupConflict if mail cannot be sent to reviewers, with the remedy
   */
  @Transactional
  public MailReviewers.NewReviewer create(OrganizationId organization, Draft draft, String by) {
    String missing = mailing.missing();
    if (missing != null) {
      throw new SetupConflict(missing);
    }
    FieldChecks checks = new FieldChecks();
    String typed = draft.address() == null ? "" : draft.address();
    EmailAddress address = checks.read("address", () -> EmailAddress.parse(typed.strip()));
    if (address != null && reviewers.isReadHere(address)) {
      checks.refuse(
          "address",
          "must not be one that an account of this gateway reads: an agent would decide on its own"
              + " mail");
    }
    List<UUID> of =
        draft.agents() == null ? List.of() : draft.agents().stream().distinct().toList();
    if (of.size() > MAX_AGENTS || of.stream().anyMatch(Objects::isNull)) {
      checks.refuse("agents", "must be at most " + MAX_AGENTS + " ids");
    } else {
      for (UUID id : of) {
        if (agents
            .find(new AgentId(id))
            .filter(agent -> agent.organization().equals(organization))
            .isEmpty()) {
          checks.refuse("agents", "there is no agent " + id + " in the organization");
        }
      }
    }
    String way = draft.decidesBy() == null ? "login" : draft.decidesBy();
    if (!way.equals("login") && !way.equals("code")) {
      checks.refuse("decidesBy", "must be login or code");
    }
    checks.done();
    MailReviewers.NewReviewer created =
        reviewers
            .create(organization, address, of, way.equals("code"), by)
            .orElseThrow(
                () ->
                    new SetupConflict(
                        "the organization has this reviewer already, or "
                            + MailReviewers.MAX_OF_ORGANIZATION
                            + " others, or named "
                            + MailReviewers.MAX_NAMED_IN_HOUR
                            + " within this hour"));
    confirmations.request(created.reviewer().id());
    record("named", created.reviewer(), Map.of("decidesBy", way));
    return created;
  }

  /**
   * Makes a new code, which is shown once.
   *
   * @param by who sees it, such as {@code key:<id>}: counts as one with the reviewer
   * @throws SetupConflict if the reviewer decides by login
   */
  @Transactional
  public String renewCode(MailReviewer reviewer, String by) {
    String code = reviewers.renewCode(reviewer, by);
    if (code == null) {
      throw new SetupConflict("the reviewer decides by login and has no code");
    }
    record("code_renewed", reviewer, Map.of());
    return code;
  }

  /**
   * Has the mail to confirm the address sent again.
   *
   * @throws SetupConflict if it is confirmed, mail cannot be sent to reviewers, or too many such
   *     mails were asked for
   */
  @Transactional
  public void askToConfirm(MailReviewer reviewer) {
    String missing = mailing.missing();
    if (missing != null) {
      throw new SetupConflict(missing);
    }
    if (reviewer.confirmedAt() != null) {
      throw new SetupConflict("the reviewer has confirmed the address");
    }
    if (!confirmations.request(reviewer.id())) {
      throw new SetupConflict(
          "the reviewer was sent "
              + ReviewerConfirmations.MAX_IN_HOUR
              + " mails within this hour: try again in the next one");
    }
    record("confirmation_requested", reviewer, Map.of());
  }

  /** The reviewer whose address a link confirms; empty if it is unknown or expired. */
  public Optional<MailReviewer> unconfirmed(String token) {
    return confirmations.open(token);
  }

  /**
   * Confirms the address of a reviewer by the link that was mailed there; repeating it changes
   * nothing.
   *
   * @return empty if the link is unknown or expired
   * @throws SetupConflict if an account of this gateway reads the address
   */
  @Transactional
  public Optional<MailReviewer> confirm(String token) {
    Optional<MailReviewer> reviewer = confirmations.open(token);
    if (reviewer.isPresent() && reviewers.isReadHere(reviewer.get().address())) {
      throw new SetupConflict(
          "an account of this gateway reads the address: an agent would decide on its own mail");
    }
    reviewer
        .filter(one -> confirmations.confirm(one.id()))
        .ifPresent(
            one ->
                audit.runAs(AuditActor.link(one.id()), () -> record("confirmed", one, Map.of())));
    return reviewer;
  }

  /** Removes a reviewer; links that were mailed no longer work. */
  @Transactional
  public void remove(MailReviewer reviewer) {
    if (reviewers.delete(reviewer.id())) {
      record("removed", reviewer, Map.of());
    }
  }

  private void record(String what, MailReviewer reviewer, Map<String, ?> more) {
    Map<String, Object> details = new LinkedHashMap<>(more);
    details.put("address", reviewer.address().value());
    audit.record("reviewer." + what, reviewer.id(), reviewer.organization(), details);
  }
}
