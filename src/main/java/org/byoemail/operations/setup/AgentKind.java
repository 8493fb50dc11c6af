package org.byoemail.operations.setup;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.account.registry.ContactPolicy.Unproven;
import org.byoemail.account.registry.FindingRule;
import org.byoemail.account.registry.OutgoingAction;
import org.byoemail.account.registry.QuotaRule;
import org.byoemail.account.registry.QuotaRule.Limit;
import org.byoemail.account.registry.RecipientRule;
import org.byoemail.account.registry.RecipientRule.Action;
import org.byoemail.account.registry.ReviewRule;
import org.byoemail.account.registry.ReviewRule.When;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.screen.OutgoingFinding;
import org.jspecify.annotations.Nullable;

/** What an agent is for: offers the policies that fit. It is not stored. */
public enum AgentKind {
  /** Writes to anyone in a person's name, and hears from those that it has written to. */
  ASSISTANT(Mode.KNOWN, Unproven.HOLD, When.NEW_CORRESPONDENTS),
  /** Answers everyone; a person reviews mail with a finding. */
  SUPPORT(Mode.OPEN, Unproven.HOLD, When.NEVER),
  /** Works with systems and colleagues that are named to it. */
  BACK_OFFICE(Mode.LISTED, Unproven.HOLD, When.EXTERNAL),
  /** Reads what arrives, and writes to nobody. */
  NEWSLETTERS(Mode.OPEN, Unproven.ADMIT, When.ALWAYS),
  /** Writes to many, all of them new to it, and hears from those that answer. */
  OUTREACH(Mode.KNOWN, Unproven.HOLD, When.NEVER);

  /** Far below what providers allow a new mailbox, and what people would do by hand. */
  private static final int OUTREACH_NEW_A_DAY = 100;

  private static final FindingRule REVIEWED_FINDINGS =
      new FindingRule(
          SendingPolicyDraft.KINDS.stream()
              .collect(Collectors.toMap(OutgoingFinding.Kind::word, kind -> OutgoingAction.REVIEW)),
          0);

  private final Mode inbound;
  private final Unproven unproven;
  private final When reviewed;

  AgentKind(Mode inbound, Unproven unproven, When reviewed) {
    this.reviewed = reviewed;
    this.inbound = inbound;
    this.unproven = unproven;
  }

  /** Who may write to it. */
  public Mode inbound() {
    return inbound;
  }

  /** What becomes of mail of a contact whose sender is not proven. */
  public Unproven unproven() {
    return unproven;
  }

  /** Which of its mail a person reviews before it is sent, besides mail with findings. */
  public When reviewed() {
    return reviewed;
  }

  /** What its mail comes to before it is sent. */
  public SendingPolicy sending() {
    return new SendingPolicy(ReviewRule.of(reviewed))
        .with(this == SUPPORT ? REVIEWED_FINDINGS : FindingRule.NONE)
        .with(
            new RecipientRule(Action.REVIEW, Action.ALLOW),
            QuotaRule.ofAgent(
                this == OUTREACH
                    ? Map.of(Limit.NEW_CORRESPONDENTS_PER_DAY, OUTREACH_NEW_A_DAY)
                    : Map.of(),
                true));
  }

  /** The word of the contract. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind of that word; empty: any other word, or none. */
  public static Optional<AgentKind> find(@Nullable String word) {
    return Stream.of(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }

  /**
   * Reads the word.
   *
   * @throws IllegalArgumentException naming the words there are
   */
  public static AgentKind of(String word) {
    for (AgentKind kind : values()) {
      if (kind.word().equals(word.strip().toLowerCase(Locale.ROOT))) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "must be one of assistant, support, back-office, newsletters, outreach");
  }
}
