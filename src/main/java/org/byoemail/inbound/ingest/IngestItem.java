package org.byoemail.inbound.ingest;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.alias.Destination;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.account.registry.FindingAction;
import org.byoemail.format.authentication.SenderVerdict;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.MailKind;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.jspecify.annotations.Nullable;

/**
 * A mail on its way in, with what is known and decided of it so far. Lives as long as its exchange
 * and is used by one thread at a time.
 */
public final class IngestItem {
  private static final ContactPolicy OPEN = new ContactPolicy(Mode.OPEN, Mode.OPEN, List.of());

  private final IncomingMail mail;
  private final UUID id;
  private @Nullable IngestDecision decision;
  private @Nullable ParsedMail parsed;
  private @Nullable Classification classification;
  private @Nullable Screening screening;
  private @Nullable SenderVerdict verdict;
  private @Nullable AdmissionReason letIn;
  private @Nullable String resembles;
  private ContactPolicy policy = OPEN;
  private MailContent content = MailContent.NOTHING;
  private SenderAuthentication.AuthenticationFound authentication =
      SenderAuthentication.AuthenticationFound.NOTHING;
  private Map<String, Object> metadata = Map.of();
  private boolean recorded;
  private boolean stranger;
  private boolean firstContact;
  private boolean correspondent;
  private boolean awaitsScan;
  private boolean scanFailed;
  private boolean screened;
  private boolean withheld;
  private HoldReason heldBecause = HoldReason.SENDER;
  private Destination destination;

  IngestItem(IncomingMail mail) {
    this.mail = mail;
    this.id = mail.quarantineId().orElseGet(Ids::next);
    this.destination = Destination.own(mail.account());
  }

  /** The mail as it lies in its mailbox. */
  public IncomingMail mail() {
    return mail;
  }

  /** The account that received it. */
  public Account account() {
    return mail.account();
  }

  /** The agent that the mail belongs to: the account's own until the recipient is known. */
  Destination destination() {
    return destination;
  }

  void isFor(Destination found) {
    destination = found;
  }

  /** The id of the row that records it. */
  public UUID id() {
    return id;
  }

  /**
   * What is to be done with it.
   *
   * @throws IllegalStateException before it was decided on
   */
  public IngestDecision decision() {
    if (decision == null) {
      throw new IllegalStateException(mail + " was not decided on");
    }
    return decision;
  }

  void decide(IngestDecision made) {
    decision = made;
  }

  /** What the receiving server says of its sender. */
  Authentication authentication() {
    return authentication.authentication();
  }

  /** Its sender, if a trusted server has authenticated it. */
  public Optional<EmailAddress> provenSender() {
    return authentication.isTrusted() && authentication() == Authentication.PASS
        ? mail.headers().from().map(NamedAddress::address)
        : Optional.empty();
  }

  void authenticated(SenderAuthentication.AuthenticationFound found) {
    authentication = found;
  }

  /**
   * The whole mail.
   *
   * @throws IllegalStateException before it was read
   */
  public ParsedMail parsed() {
    if (parsed == null) {
      throw new IllegalStateException(mail + " was not read");
    }
    return parsed;
  }

  /** Takes the whole mail. */
  void read(ParsedMail mail) {
    parsed = mail;
  }

  /**
   * Hidden text and findings; empty until the mail was read. To be called once the sender was
   * judged.
   */
  Screening screening() {
    if (parsed == null) {
      return Screening.NOTHING;
    }
    if (screening == null) {
      boolean judged = verdict != null;
      screening =
          Screening.of(
              parsed,
              SenderFacts.of(this),
              judged ? verdict.isAuthentic() : provenSender().isPresent(),
              judged
                  ? verdict.kind() == SenderVerdict.Kind.FORGED
                  : authentication.isTrusted() && authentication() == Authentication.FAIL);
    }
    return screening;
  }

  /** Whether its sender is who it says; null before it was judged. */
  @Nullable SenderVerdict verdict() {
    return verdict;
  }

  void judged(SenderVerdict found) {
    verdict = found;
  }

  /** Why it was let in although its sender is not proven; null if it was not. */
  @Nullable AdmissionReason letIn() {
    return letIn;
  }

  void letIn(AdmissionReason reason) {
    letIn = reason;
  }

  /** Whether it names a contact in From without proof: it gets what a stranger's mail gets. */
  boolean isOfStranger() {
    return stranger;
  }

  void treatAsStranger() {
    stranger = true;
    verdict =
        Objects.requireNonNull(verdict)
            .with("contact", "it names a contact, and is taken in as a stranger's");
  }

  /** Whether its agent neither wrote to its sender, nor got a mail of it, nor lists it. */
  boolean isFirstContact() {
    return firstContact;
  }

  void markFirstContact() {
    firstContact = true;
  }

  /** Whom its sender looks like, in one phrase; null: nobody. */
  @Nullable String resembles() {
    return resembles;
  }

  void resembles(@Nullable String whom) {
    resembles = whom;
  }

  /** The agent got mail in this name, but does not list it: anybody may have forged it. */
  void isOfCorrespondent() {
    correspondent = true;
  }

  /** Whether it may be the first of its sender, as far as is proven. */
  boolean mayBeFirstContact() {
    boolean proven = verdict != null && verdict.isAuthentic() || letIn != null;
    return firstContact || stranger || correspondent && !proven;
  }

  /** Has a person review it. */
  void hold(HoldReason because, String reason) {
    heldBecause = because;
    decide(IngestDecision.hold(reason));
  }

  /** Holds it until it was scanned, which is tried again by itself. */
  void holdUntilScanned(String reason) {
    awaitsScan = true;
    hold(HoldReason.SCANNER, reason);
  }

  /** A scanner that could be reached gave no result for it. */
  void scanFailed() {
    scanFailed = true;
  }

  boolean isScanFailed() {
    return scanFailed;
  }

  /** Its content was looked at by the step for that. */
  void screened() {
    screened = true;
  }

  /** Refuses it as one that would be held: what it says is shown as little. */
  void refuseHeld(IngestDecision refusal) {
    withheld = true;
    decide(refusal);
  }

  /** Whether it is held for review, or was to be. */
  boolean isWithheld() {
    return withheld || becomes(InboundStatus.HELD);
  }

  HoldReason heldBecause() {
    return heldBecause;
  }

  /** Whether it is held for now, and tried again by itself: people need not act yet. */
  boolean isHeldForNow() {
    return becomes(InboundStatus.HELD)
        && (awaitsScan
            || verdict != null
                && verdict.kind() == SenderVerdict.Kind.UNDECIDED
                && heldBecause == HoldReason.SENDER);
  }

  /** Leaves out findings that its agent allows. */
  void allowFindings(Set<String> kinds) {
    screening = screening().without(kinds);
  }

  /** The policy of its agent; an open one until it is known. */
  ContactPolicy policy() {
    return policy;
  }

  void setPolicy(ContactPolicy found) {
    policy = found;
  }

  /**
   * What the classifier says of it.
   *
   * @throws IllegalStateException before it was classified
   */
  public Classification classification() {
    if (classification == null) {
      throw new IllegalStateException(mail + " was not classified");
    }
    return classification;
  }

  void classified(Classification result) {
    classification = result;
  }

  /** The word of its {@link MailKind}; null before it was classified. */
  @Nullable String kind() {
    return classification == null ? null : classification.kind().word();
  }

  /**
   * How a machine's mail is marked: auto-replied, auto-generated or list; null for a person's. What
   * it turned out to be when it was read adds to what its header says.
   */
  @Nullable String autoSubmitted() {
    return is(MailKind.AUTO_REPLY) || is(MailKind.MDN)
        ? "auto-replied"
        : InboundMails.autoSubmitted(mail.headers());
  }

  /** Whether it is a receipt: about a mail that was sent, and a message itself. */
  boolean isReceipt() {
    return is(MailKind.MDN);
  }

  private boolean is(MailKind kind) {
    return classification != null && classification.kind() == kind;
  }

  MailContent content() {
    return content;
  }

  void keep(MailContent kept) {
    content = kept;
  }

  /** Metadata from a hook, stored with the message. */
  Map<String, Object> metadata() {
    return metadata;
  }

  void tag(Map<String, Object> found) {
    metadata = found;
  }

  /** Whether its row was written: false if there was one already. */
  boolean isRecorded() {
    return recorded;
  }

  void recorded() {
    recorded = true;
  }

  /** Whether it would reach an agent that asks for judgement, and no step judged its sender. */
  boolean lacksJudgement() {
    return becomes(InboundStatus.INGESTED)
        && verdict == null
        && (policy.failsClosed() || mail.isFromJunk())
        && !mail.isReleased();
  }

  /** Whether it would reach an agent although no step screened it, and one should. */
  boolean lacksScreening(boolean scannersAreSet) {
    return becomes(InboundStatus.INGESTED)
        && !screened
        && (scannersAreSet || policy.findings().containsValue(FindingAction.HOLD))
        && !mail.isReleased();
  }

  boolean becomes(InboundStatus status) {
    return decision().status() == status;
  }

  /** Names ids only. */
  @Override
  public String toString() {
    return mail.toString();
  }
}
