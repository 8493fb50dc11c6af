package org.byoemail.operations.setup;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.byoemail.account.registry.AutomaticMailRule;
import org.byoemail.account.registry.FindingRule;
import org.byoemail.account.registry.OutgoingAction;
import org.byoemail.account.registry.ReviewRule;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.screen.OutgoingFinding;
import org.jspecify.annotations.Nullable;

/**
 * A sending policy as entered, not validated yet: one section for each gate.
 *
 * @param review null: no mail is reviewed
 * @param findings by kind; null: mail is not examined
 * @param shownCharacters null: none
 * @param automaticMail null: nothing is asked
 */
@Schema(name = "SendingPolicy")
public record SendingPolicyDraft(
    @Nullable Review review,
    @Nullable
        @Schema(
            description =
                "what becomes of mail with a finding, by its kind (secret, card-number,"
                    + " bank-account, pattern, hidden-text, type-mismatch, partly-read): allow, mark,"
                    + " review or refuse. Kinds that are missing are marked. Empty: mail is not"
                    + " examined")
        Map<String, String> findings,
    @Nullable
        @Schema(
            minimum = "0",
            maximum = "4",
            description =
                "how many characters of a secret or number are shown at each of its ends; 0 unless"
                    + " given")
        Integer shownCharacters,
    @Nullable AutomaticMail automaticMail) {

  /** The kinds of findings that agents decide about; the rest is the gateway operator's. */
  private static final List<String> KINDS =
      Arrays.stream(OutgoingFinding.Kind.values())
          .filter(kind -> kind != OutgoingFinding.Kind.OTHER_TENANT)
          .map(OutgoingFinding.Kind::word)
          .toList();

  /** A policy that asks for reviews alone. */
  public SendingPolicyDraft(@Nullable Review review) {
    this(review, null, null, null);
  }

  /**
   * How the agent behaves towards other machines.
   *
   * @param answers null: allow
   * @param autoSubmitted null: false
   */
  @Schema(name = "AutomaticMailPolicy")
  public record AutomaticMail(
      @Nullable
          @Schema(
              allowableValues = {"allow", "mark", "review", "refuse"},
              description =
                  "what becomes of an answer to automatic mail, a mailing list or a delivery report;"
                      + " refuse for a new agent unless given, otherwise allow")
          String answers,
      @Nullable
          @Schema(description = "whether all of its mail is marked with Auto-Submitted (RFC 3834)")
          Boolean autoSubmitted) {}

  /**
   * Which mail a person reviews.
   *
   * @param when null: never
   * @param fourEyes null: one person is enough
   * @param expiresAfterHours null: 72
   * @param conversationChanged null: true
   */
  @Schema(name = "ReviewPolicy")
  public record Review(
      @Nullable
          @Schema(
              allowableValues = {"never", "new-correspondents", "external", "always"},
              description =
                  "the mail that waits for a person's approval; each includes the ones before it."
                      + " new-correspondents: to an address that the agent has neither written to nor"
                      + " has authentic mail from; external: to an address that is no mailbox"
                      + " of the organization")
          String when,
      @Nullable @Schema(description = "two people must approve") Boolean fourEyes,
      @Nullable
          @Schema(
              minimum = "1",
              maximum = "720",
              description = "how long a review waits for a decision; 72 unless given")
          Integer expiresAfterHours,
      @Nullable
          @Schema(
              description =
                  "whether approved mail is reviewed again if its conversation got a new message"
                      + " before it was sent; true unless given")
          Boolean conversationChanged) {}

  /** As it is shown. */
  public static SendingPolicyDraft of(SendingPolicy policy) {
    ReviewRule review = policy.review();
    return new SendingPolicyDraft(
        new Review(
            review.when().word(),
            review.fourEyes(),
            review.expiresAfterHours(),
            review.conversationChanged()),
        words(policy.findings().actions()),
        policy.findings().shownCharacters(),
        new AutomaticMail(
            policy.automaticMail().answers().word(), policy.automaticMail().autoSubmitted()));
  }

  private static Map<String, String> words(Map<String, OutgoingAction> actions) {
    Map<String, String> words = new TreeMap<>();
    actions.forEach((kind, action) -> words.put(kind, action.word()));
    return words;
  }

  /**
   * Reads it.
   *
   * @throws FieldsRefused naming what is wrong, below {@code sendingPolicy}
   */
  public SendingPolicy policy() {
    FieldChecks checks = new FieldChecks();
    SendingPolicy policy = read(checks);
    checks.done();
    return policy;
  }

  /** A new agent does not answer machines unless that is given. */
  SendingPolicy ofNewAgent(FieldChecks checks) {
    SendingPolicy read = read(checks);
    AutomaticMailRule rule = read.automaticMail();
    boolean given = automaticMail != null && automaticMail.answers() != null;
    return given
        ? read
        : read.with(
            new AutomaticMailRule(AutomaticMailRule.STANDARD.answers(), rule.autoSubmitted()));
  }

  SendingPolicy read(FieldChecks checks) {
    return new SendingPolicy(
        review == null ? ReviewRule.NEVER : rule(checks, review),
        findings(checks),
        automaticMail(checks));
  }

  private FindingRule findings(FieldChecks checks) {
    Map<String, OutgoingAction> actions = new TreeMap<>();
    if (findings != null) {
      findings.forEach(
          (kind, word) -> {
            String field = "sendingPolicy.findings." + kind;
            if (!KINDS.contains(kind)) {
              checks.refuse(
                  "sendingPolicy.findings",
                  "has a kind that is none of " + String.join(", ", KINDS));
            } else {
              OutgoingAction action =
                  checks.read(field, () -> OutgoingAction.of(String.valueOf(word)));
              if (action != null) {
                actions.put(kind, action);
              }
            }
          });
    }
    FindingRule rule =
        checks.read(
            "sendingPolicy.shownCharacters",
            () -> new FindingRule(actions, shownCharacters == null ? 0 : shownCharacters));
    return rule == null ? FindingRule.NONE : rule;
  }

  private AutomaticMailRule automaticMail(FieldChecks checks) {
    if (automaticMail == null) {
      return AutomaticMailRule.NONE;
    }
    String word = automaticMail.answers();
    OutgoingAction answers =
        word == null
            ? OutgoingAction.ALLOW
            : checks.read("sendingPolicy.automaticMail.answers", () -> OutgoingAction.of(word));
    return new AutomaticMailRule(
        answers == null ? OutgoingAction.ALLOW : answers,
        Boolean.TRUE.equals(automaticMail.autoSubmitted()));
  }

  private static ReviewRule rule(FieldChecks checks, Review review) {
    ReviewRule none = ReviewRule.NEVER;
    String word = review.when();
    ReviewRule.When when =
        word == null
            ? none.when()
            : checks.read("sendingPolicy.review.when", () -> ReviewRule.When.of(word));
    Integer hours = review.expiresAfterHours();
    ReviewRule rule =
        checks.read(
            "sendingPolicy.review.expiresAfterHours",
            () ->
                new ReviewRule(
                    when == null ? none.when() : when,
                    Boolean.TRUE.equals(review.fourEyes()),
                    hours == null ? none.expiresAfterHours() : hours,
                    !Boolean.FALSE.equals(review.conversationChanged())));
    return rule == null ? none : rule;
  }
}
