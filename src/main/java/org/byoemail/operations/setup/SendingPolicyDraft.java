package org.byoemail.operations.setup;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.byoemail.account.registry.AutomaticMailRule;
import org.byoemail.account.registry.FindingRule;
import org.byoemail.account.registry.OutgoingAction;
import org.byoemail.account.registry.QuotaRule;
import org.byoemail.account.registry.QuotaRule.Limit;
import org.byoemail.account.registry.QuotaRule.OnExceeded;
import org.byoemail.account.registry.RecipientRule;
import org.byoemail.account.registry.RecipientRule.Action;
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
 * @param recipients null: all addresses may be written to
 * @param quotas null: no limits
 */
@Schema(name = "SendingPolicy")
public record SendingPolicyDraft(
    @Nullable Review review,
    @Nullable
        @Schema(
            description =
                "what becomes of mail with a finding, by its kind (secret, card-number,"
                    + " bank-account, pattern, hidden-text, type-mismatch, partly-read): allow, mark,"
                    + " review or refuse. Kinds that are missing are marked, partly-read gets the"
                    + " strictest of the others. Empty: mail is not examined")
        Map<String, String> findings,
    @Nullable
        @Schema(
            minimum = "0",
            maximum = "4",
            description =
                "how many characters of a secret or number are shown at each of its ends; 0 unless"
                    + " given")
        Integer shownCharacters,
    @Nullable AutomaticMail automaticMail,
    @Nullable Recipients recipients,
    @Nullable Quotas quotas,
    @Nullable
        @Schema(
            description =
                "whether mail to one recipient has List-Unsubscribe fields, whose link makes a"
                    + " suppression for this agent (RFC 8058)")
        Boolean listUnsubscribe) {

  private static final String ONLY_ORGANIZATION =
      "is of the organization's sending policy (PUT /sending-policy): leave it out";

  /** The kinds of findings that agents decide about; the rest is the gateway operator's. */
  public static final List<OutgoingFinding.Kind> KINDS =
      Arrays.stream(OutgoingFinding.Kind.values())
          .filter(kind -> kind != OutgoingFinding.Kind.OTHER_TENANT)
          .toList();

  private static final List<String> KIND_WORDS =
      KINDS.stream().map(OutgoingFinding.Kind::word).toList();

  /** A policy that asks for reviews alone. */
  public SendingPolicyDraft(@Nullable Review review) {
    this(review, null, null, null, null, null, null);
  }

  /** The same, with those reviews. */
  public SendingPolicyDraft with(Review reviewed) {
    return new SendingPolicyDraft(
        reviewed, findings, shownCharacters, automaticMail, recipients, quotas, listUnsubscribe);
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

  /**
   * What becomes of mail to addresses that nobody vouches for.
   *
   * @param unvouched null: allow
   * @param unknown null: allow
   */
  @Schema(name = "RecipientPolicy")
  public record Recipients(
      @Nullable
          @Schema(
              allowableValues = {"allow", "review", "refuse"},
              description =
                  "mail to an address that only a mail names: in its text, seen or hidden, in its"
                      + " Reply-To, or in a field that nothing proves")
          String unvouched,
      @Nullable
          @Schema(
              allowableValues = {"allow", "review", "refuse"},
              description =
                  "mail to an address that neither a mail nor a contact names, nor an earlier mail of"
                      + " the agent was sent to")
          String unknown) {}

  /**
   * How much mail is accepted.
   *
   * @param agent null: no limit
   * @param key null: no limit
   * @param organization null: no limit
   * @param burst null: as much as the limits allow
   * @param over null: wait
   * @param unusualVolume null: false
   */
  @Schema(name = "QuotaPolicy")
  public record Quotas(
      @Nullable
          @Schema(
              description =
                  "limits of each agent, by name: messagesPerMinute, messagesPerHour, messagesPerDay,"
                      + " and the same of recipients and newCorrespondents")
          Map<String, @Nullable Integer> agent,
      @Nullable @Schema(description = "limits of each API key; of the organization's policy only")
          Map<String, @Nullable Integer> key,
      @Nullable
          @Schema(description = "limits of all agents together; of the organization's policy only")
          Map<String, @Nullable Integer> organization,
      @Nullable
          @Schema(
              minimum = "1",
              description =
                  "how many at once; what comes beyond is spread evenly over the periods of the limits")
          Integer burst,
      @Nullable
          @Schema(
              allowableValues = {"wait", "refuse"},
              description = "mail beyond a limit leaves later, or is refused; wait unless given")
          String over,
      @Nullable
          @Schema(
              description =
                  "whether mail is reviewed that is far more in a day than the agent's in its last"
                      + " weeks")
          Boolean unusualVolume) {}

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
            policy.automaticMail().answers().word(), policy.automaticMail().autoSubmitted()),
        new Recipients(
            policy.recipients().unvouched().word(), policy.recipients().unknown().word()),
        new Quotas(
            amounts(policy.quotas().agent()),
            amounts(policy.quotas().key()),
            amounts(policy.quotas().organization()),
            policy.quotas().burst(),
            policy.quotas().over().word(),
            policy.quotas().unusualVolume()),
        policy.listUnsubscribe());
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
    SendingPolicy read = readOfAgent(checks);
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
        automaticMail(checks),
        recipients == null ? RecipientRule.NONE : rule(checks, recipients),
        quotas == null ? QuotaRule.NONE : rule(checks, quotas),
        Boolean.TRUE.equals(listUnsubscribe));
  }

  private FindingRule findings(FieldChecks checks) {
    Map<String, OutgoingAction> actions = new TreeMap<>();
    if (findings != null) {
      findings.forEach(
          (kind, word) -> {
            String field = "sendingPolicy.findings." + kind;
            if (!KIND_WORDS.contains(kind)) {
              checks.refuse(
                  "sendingPolicy.findings",
                  "has a kind that is none of " + String.join(", ", KIND_WORDS));
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

  /** As {@link #read}, for a single agent, which sets no limits of others. */
  SendingPolicy readOfAgent(FieldChecks checks) {
    SendingPolicy policy = read(checks);
    if (!policy.quotas().key().isEmpty()) {
      checks.refuse("sendingPolicy.quotas.key", ONLY_ORGANIZATION);
    }
    if (!policy.quotas().organization().isEmpty()) {
      checks.refuse("sendingPolicy.quotas.organization", ONLY_ORGANIZATION);
    }
    return policy;
  }

  private static RecipientRule rule(FieldChecks checks, Recipients recipients) {
    return new RecipientRule(
        action(checks, "unvouched", recipients.unvouched()),
        action(checks, "unknown", recipients.unknown()));
  }

  private static Action action(FieldChecks checks, String field, @Nullable String word) {
    Action action =
        word == null
            ? null
            : checks.read("sendingPolicy.recipients." + field, () -> Action.of(word));
    return action == null ? Action.ALLOW : action;
  }

  private static QuotaRule rule(FieldChecks checks, Quotas quotas) {
    String word = quotas.over();
    OnExceeded over =
        word == null
            ? OnExceeded.WAIT
            : checks.read("sendingPolicy.quotas.over", () -> OnExceeded.of(word));
    Map<Limit, Integer> agent = limits(checks, "agent", quotas.agent());
    Map<Limit, Integer> key = limits(checks, "key", quotas.key());
    Map<Limit, Integer> all = limits(checks, "organization", quotas.organization());
    QuotaRule rule =
        checks.read(
            "sendingPolicy.quotas.burst",
            () ->
                new QuotaRule(
                    agent,
                    key,
                    all,
                    quotas.burst(),
                    over == null ? OnExceeded.WAIT : over,
                    Boolean.TRUE.equals(quotas.unusualVolume())));
    return rule == null ? QuotaRule.NONE : rule;
  }

  private static Map<Limit, Integer> limits(
      FieldChecks checks, String of, @Nullable Map<String, @Nullable Integer> asked) {
    Map<Limit, Integer> limits = new EnumMap<>(Limit.class);
    if (asked == null) {
      return limits;
    }
    Map<String, Limit> known = new LinkedHashMap<>();
    for (Limit limit : Limit.values()) {
      known.put(limit.word(), limit);
    }
    asked.forEach(
        (name, amount) -> {
          Limit limit = known.get(name);
          if (limit == null) {
            checks.refuse("sendingPolicy.quotas." + of, "names no limit: one of " + known.keySet());
          } else if (amount != null && (amount < 1 || amount > QuotaRule.MAX_LIMIT)) {
            checks.refuse(
                "sendingPolicy.quotas." + of + "." + name, "must be 1 to " + QuotaRule.MAX_LIMIT);
          } else if (amount != null) {
            limits.put(limit, amount);
          }
        });
    return limits;
  }

  private static Map<String, @Nullable Integer> amounts(Map<Limit, Integer> limits) {
    Map<String, @Nullable Integer> words = new LinkedHashMap<>();
    limits.forEach((limit, amount) -> words.put(limit.word(), amount));
    return words;
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
