package org.byoemail.account.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the gates ask of the mail that an agent sends: one section for each gate. An organization's
 * minimum is one too. A section has a {@code stricter} of its own, a reader in {@link #read}, and a
 * writer in {@link #json}.
 *
 * @param review which mail a person reviews
 * @param findings what becomes of mail with findings
 * @param automaticMail how the agent behaves towards other machines
 * @param recipients what becomes of mail to addresses that nobody vouches for
 * @param quotas how much mail is accepted
 * @param listUnsubscribe whether mail to one recipient offers to unsubscribe (RFC 8058)
 */
public record SendingPolicy(
    ReviewRule review,
    FindingRule findings,
    AutomaticMailRule automaticMail,
    RecipientRule recipients,
    QuotaRule quotas,
    boolean listUnsubscribe) {
  /** No gate asks anything. */
  public static final SendingPolicy NONE = new SendingPolicy(ReviewRule.NEVER);

  /**
   * The fields that this release writes; fields of a newer one stay when a policy is replaced, in
   * SQL: {@code stored - ARRAY[...] || written}.
   */
  static final String[] FIELDS = {
    "review",
    "findings",
    "shownCharacters",
    "automaticMail",
    "recipients",
    "quotas",
    "listUnsubscribe"
  };

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VERSION_BYTES = 6;

  /** A policy that asks for reviews alone. */
  public SendingPolicy(ReviewRule review) {
    this(
        review,
        FindingRule.NONE,
        AutomaticMailRule.NONE,
        RecipientRule.NONE,
        QuotaRule.NONE,
        false);
  }

  /** The same with another rule for findings. */
  public SendingPolicy with(FindingRule other) {
    return new SendingPolicy(review, other, automaticMail, recipients, quotas, listUnsubscribe);
  }

  /** The same with another rule for automatic mail. */
  public SendingPolicy with(AutomaticMailRule other) {
    return new SendingPolicy(review, findings, other, recipients, quotas, listUnsubscribe);
  }

  /** The same with other rules for recipients and quotas. */
  public SendingPolicy with(RecipientRule others, QuotaRule limits) {
    return new SendingPolicy(review, findings, automaticMail, others, limits, listUnsubscribe);
  }

  /** Whether no gate asks anything of the mail. */
  public boolean isNone() {
    return equals(NONE);
  }

  /** What satisfies both policies. */
  public SendingPolicy stricter(SendingPolicy other) {
    if (other.isNone() || equals(other)) {
      return this;
    }
    return new SendingPolicy(
        review.stricter(other.review),
        findings.stricter(other.findings),
        automaticMail.stricter(other.automaticMail),
        recipients.stricter(other.recipients),
        quotas.stricter(other.quotas),
        listUnsubscribe || other.listUnsubscribe);
  }

  /** The fields, such as {@code review.when}, in which a stricter policy differs from this one. */
  public List<String> raised(SendingPolicy stricter) {
    List<String> fields = new ArrayList<>(review.raised(stricter.review));
    fields.addAll(findings.raised(stricter.findings));
    fields.addAll(automaticMail.raised(stricter.automaticMail));
    fields.addAll(recipients.raised(stricter.recipients));
    fields.addAll(quotas.raised(stricter.quotas));
    if (listUnsubscribe != stricter.listUnsubscribe) {
      fields.add("listUnsubscribe");
    }
    return List.copyOf(fields);
  }

  /** A short name of exactly this policy. */
  public String version() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(json().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, VERSION_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** As it is stored; the same text for the same policy. */
  String json() {
    ObjectNode root = JSON.createObjectNode();
    if (!review.equals(ReviewRule.NEVER)) {
      root.putObject("review")
          .put("when", review.when().word())
          .put("fourEyes", review.fourEyes())
          .put("expiresAfterHours", review.expiresAfterHours())
          .put("conversationChanged", review.conversationChanged());
    }
    if (!findings.equals(FindingRule.NONE)) {
      ObjectNode actions = root.putObject("findings");
      findings.actions().forEach((kind, action) -> actions.put(kind, action.word()));
      root.put("shownCharacters", findings.shownCharacters());
    }
    if (!automaticMail.equals(AutomaticMailRule.NONE)) {
      root.putObject("automaticMail")
          .put("answers", automaticMail.answers().word())
          .put("autoSubmitted", automaticMail.autoSubmitted());
    }
    if (!recipients.equals(RecipientRule.NONE)) {
      root.putObject("recipients")
          .put("unvouched", recipients.unvouched().word())
          .put("unknown", recipients.unknown().word());
    }
    if (!quotas.equals(QuotaRule.NONE)) {
      ObjectNode section = root.putObject("quotas");
      put(section, "agent", quotas.agent());
      put(section, "key", quotas.key());
      put(section, "organization", quotas.organization());
      if (quotas.burst() != null) {
        section.put("burst", quotas.burst());
      }
      section.put("over", quotas.over().word()).put("unusualVolume", quotas.unusualVolume());
    }
    if (listUnsubscribe) {
      root.put("listUnsubscribe", true);
    }
    return root.toString();
  }

  /**
   * The policy that applies to an agent.
   *
   * @param own the agent's, as stored
   * @param minimum its organization's, as stored; null: it has none
   */
  public static SendingPolicy effective(String own, @Nullable String minimum) {
    return minimum == null ? read(own) : read(own).stricter(read(minimum));
  }

  /**
   * Reads what is stored. Fields of a newer release are left out; an unknown word, which it may
   * have written, is read as the strictest of its kind: nodes of both releases share a database.
   */
  static SendingPolicy read(String stored) {
    if (stored.equals("{}")) {
      return NONE;
    }
    try {
      JsonNode root = JSON.readTree(stored);
      JsonNode review = root.path("review");
      ReviewRule none = ReviewRule.NEVER;
      return new SendingPolicy(
          new ReviewRule(
              word(review.path("when"), none.when(), ReviewRule.When::of, ReviewRule.When.ALWAYS),
              review.path("fourEyes").asBoolean(none.fourEyes()),
              within(
                  ReviewRule.MAX_HOURS,
                  review.path("expiresAfterHours").asInt(none.expiresAfterHours())),
              review.path("conversationChanged").asBoolean(none.conversationChanged())),
          findings(root),
          automaticMail(root.path("automaticMail")),
          recipients(root.path("recipients")),
          quotas(root.path("quotas")),
          root.path("listUnsubscribe").asBoolean(false));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a sending policy cannot be read", e);
    }
  }

  private static <T> T word(JsonNode stored, T none, Function<String, T> reader, T strictest) {
    if (stored.isMissingNode()) {
      return none;
    }
    try {
      return reader.apply(stored.asText());
    } catch (IllegalArgumentException e) {
      return strictest;
    }
  }

  private static OutgoingAction action(JsonNode stored, OutgoingAction none) {
    return word(stored, none, OutgoingAction::of, OutgoingAction.REFUSE);
  }

  private static RecipientRule.Action recipientAction(JsonNode stored) {
    return word(
        stored, RecipientRule.Action.ALLOW, RecipientRule.Action::of, RecipientRule.Action.REFUSE);
  }

  private static int within(int max, int number) {
    return Math.max(1, Math.min(max, number));
  }

  private static FindingRule findings(JsonNode root) {
    Map<String, OutgoingAction> actions = new TreeMap<>();
    root.path("findings")
        .properties()
        .forEach(one -> actions.put(one.getKey(), action(one.getValue(), OutgoingAction.MARK)));
    int shown = root.path("shownCharacters").asInt(0);
    return new FindingRule(actions, shown < 0 || shown > FindingRule.MAX_SHOWN ? 0 : shown);
  }

  private static AutomaticMailRule automaticMail(JsonNode node) {
    AutomaticMailRule none = AutomaticMailRule.NONE;
    return new AutomaticMailRule(
        action(node.path("answers"), none.answers()),
        node.path("autoSubmitted").asBoolean(none.autoSubmitted()));
  }

  private static RecipientRule recipients(JsonNode section) {
    return new RecipientRule(
        recipientAction(section.path("unvouched")), recipientAction(section.path("unknown")));
  }

  private static QuotaRule quotas(JsonNode section) {
    JsonNode burst = section.path("burst");
    return new QuotaRule(
        limits(section.path("agent")),
        limits(section.path("key")),
        limits(section.path("organization")),
        burst.isInt() ? within(QuotaRule.MAX_LIMIT, burst.intValue()) : null,
        word(
            section.path("over"),
            QuotaRule.OnExceeded.WAIT,
            QuotaRule.OnExceeded::of,
            QuotaRule.OnExceeded.REFUSE),
        section.path("unusualVolume").asBoolean(false));
  }

  private static Map<QuotaRule.Limit, Integer> limits(JsonNode section) {
    Map<QuotaRule.Limit, Integer> limits = new EnumMap<>(QuotaRule.Limit.class);
    for (QuotaRule.Limit limit : QuotaRule.Limit.values()) {
      if (section.path(limit.word()).isInt()) {
        limits.put(limit, within(QuotaRule.MAX_LIMIT, section.path(limit.word()).intValue()));
      }
    }
    return limits;
  }

  private static void put(ObjectNode section, String name, Map<QuotaRule.Limit, Integer> limits) {
    if (!limits.isEmpty()) {
      ObjectNode node = section.putObject(name);
      limits.forEach((limit, amount) -> node.put(limit.word(), amount));
    }
  }
}
