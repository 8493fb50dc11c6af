package org.byoemail.outbound.finding;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.byoemail.account.registry.FindingRule;
import org.byoemail.account.registry.OutgoingAction;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.screen.OutgoingFinding;
import org.byoemail.format.screen.OutgoingFinding.Kind;
import org.byoemail.format.screen.OutgoingMail;
import org.byoemail.format.screen.OutgoingRules;
import org.byoemail.format.screen.OutgoingScreen;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.gate.GateRequest.Contents;
import org.byoemail.outbound.gate.GateRequest.Phase;
import org.byoemail.outbound.gate.SendingGate;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.springframework.stereotype.Component;

/**
 * Examines an agent's mail, and does with each finding what its sending policy asks. Neither
 * decision nor facts have a secret or a number, but at most its ends. Safe for use by many threads.
 */
@Component
class FindingsGate implements SendingGate {
  static final String WORD = "findings";

  /** The code of what only operators of the whole gateway see. */
  static final String OPERATOR_RULE = "operator-rule";

  private static final int MAX_NAMED = 3;

  private final OutgoingRuleRows rules;
  private final OtherOrganizationAddresses foreign;
  private final ContentStore contents;
  private final Secrets secrets;
  private final OutgoingAction foreignAction;
  private final MeterRegistry meters;

  FindingsGate(
      OutgoingRuleRows rules,
      OtherOrganizationAddresses foreign,
      ContentStore contents,
      Secrets secrets,
      OutgoingSettings settings,
      MeterRegistry meters) {
    this.rules = rules;
    this.foreign = foreign;
    this.contents = contents;
    this.secrets = secrets;
    this.foreignAction = OutgoingAction.of(settings.otherTenants());
    this.meters = meters;
  }

  @Override
  public String word() {
    return WORD;
  }

  @Override
  public boolean isNeeded(SendingPolicy policy, Phase phase) {
    return policy.findings().isExamined()
        || foreignAction != OutgoingAction.ALLOW && phase.consumes();
  }

  /** Other customers come and go without any change to the organisation's rules. */
  @Override
  public boolean isSettled(SendingPolicy policy) {
    return foreignAction == OutgoingAction.ALLOW;
  }

  @Override
  public GateDecision decide(GateRequest request) {
    FindingRule rule = request.policy().findings();
    OutgoingScreen.Result examined = examine(request, rule);
    List<Decided> decided = new ArrayList<>();
    if (rule.isExamined()) {
      for (OutgoingFinding finding : examined.findings()) {
        decided.add(new Decided(finding, rule.action(finding.kind().word())));
      }
    }
    // Not in a dry run or an explanation, whose answer would disclose other customers.
    if (foreignAction != OutgoingAction.ALLOW && request.phase().consumes()) {
      foreign(request, examined.addresses())
          .forEach(finding -> decided.add(new Decided(finding, foreignAction)));
    }
    decided.removeIf(one -> one.action() == OutgoingAction.ALLOW);
    GateDecision decision = decision(request.phase(), decided);
    return decision.result() == Result.PASS && hasUnstored(request)
        ? GateDecision.of(
            WORD,
            Result.MARK,
            "attachments-not-examined",
            "its attachments are examined when it is accepted",
            Map.of())
        : decision;
  }

  /** Whether there are files whose contents are not stored, as in a dry run. */
  private static boolean hasUnstored(GateRequest request) {
    return request.policy().findings().isExamined()
        && request.contents().get().files().stream().anyMatch(file -> file.sha256().isEmpty());
  }

  /** A finding, and what becomes of mail with it. */
  private record Decided(OutgoingFinding finding, OutgoingAction action) {
    boolean isForOperators() {
      return finding.kind() == Kind.OTHER_TENANT;
    }

    Map<String, Object> fact() {
      Map<String, Object> fact = new LinkedHashMap<>();
      fact.put("kind", finding.kind().word());
      fact.put("name", finding.name());
      fact.put("place", finding.place());
      fact.put("evidence", finding.evidence());
      fact.put("action", action.word());
      return fact;
    }
  }

  private OutgoingScreen.Result examine(GateRequest request, FindingRule rule) {
    Contents mail = request.contents().get();
    OutgoingRuleRows.Compiled own = rules.compiled(request.origin().organization());
    try {
      return OutgoingScreen.examine(
          new OutgoingMail(
              mail.subject(),
              mail.text(),
              mail.html(),
              mail.headers(),
              mail.files().stream()
                  .filter(file -> !file.sha256().isEmpty())
                  .map(this::file)
                  .toList()),
          new OutgoingRules(
              own.patterns(),
              own.words(),
              secrets.prefixes(),
              own.exempt(),
              rule.shownCharacters()));
    } catch (IOException e) {
      throw new UncheckedIOException("the content of an attachment cannot be read", e);
    }
  }

  private OutgoingMail.File file(Attachment file) {
    return new OutgoingMail.File(
        file.name(), file.contentType(), () -> contents.open(file.sha256()));
  }

  private List<OutgoingFinding> foreign(GateRequest request, Set<EmailAddress> named) {
    Set<EmailAddress> all = new LinkedHashSet<>(request.recipients().keySet());
    all.addAll(named);
    return foreign.among(request.origin().organization(), all).stream()
        .map(
            address ->
                new OutgoingFinding(
                    Kind.OTHER_TENANT,
                    "",
                    request.recipients().containsKey(address) ? "recipients" : "text",
                    address.value()))
        .toList();
  }

  private GateDecision decision(Phase phase, List<Decided> decided) {
    if (phase == Phase.ACCEPT) {
      decided.forEach(
          one ->
              meters
                  .counter(
                      "byo.outbound.findings",
                      "kind",
                      one.finding().kind().word(),
                      "action",
                      one.action().word())
                  .increment());
    }
    Result strictest =
        decided.stream()
            .map(one -> result(one.action()))
            .max(Comparator.naturalOrder())
            .orElse(Result.PASS);
    Map<String, Object> facts =
        Map.of(
            WORD,
            decided.stream().filter(one -> !one.isForOperators()).map(Decided::fact).toList());
    Map<String, Object> operatorFacts =
        Map.of(WORD, decided.stream().filter(Decided::isForOperators).map(Decided::fact).toList());
    if (strictest == Result.PASS) {
      return GateDecision.pass(WORD, Map.of());
    }
    List<Decided> counting =
        decided.stream().filter(one -> result(one.action()) == strictest).toList();
    String code =
        counting.stream()
            .filter(one -> !one.isForOperators())
            .findFirst()
            .map(one -> one.finding().kind().word())
            .orElse(OPERATOR_RULE);
    return GateDecision.of(WORD, strictest, code, reason(counting), facts)
        .forOperators(operatorFacts);
  }

  private static Result result(OutgoingAction action) {
    return switch (action) {
      case ALLOW -> Result.PASS;
      case MARK -> Result.MARK;
      case REVIEW -> Result.REVIEW;
      case REFUSE -> Result.REFUSE;
    };
  }

  private static String reason(List<Decided> counting) {
    String named =
        counting.stream()
            .filter(one -> !one.isForOperators())
            .limit(MAX_NAMED)
            .map(one -> words(one.finding()))
            .distinct()
            .collect(Collectors.joining(", "));
    return named.isEmpty()
        ? "a rule of the gateway's operator applies to it"
        : "it has " + named + ": remove it, or allow the kind in sendingPolicy.findings";
  }

  private static String words(OutgoingFinding finding) {
    String kind =
        switch (finding.kind()) {
          case SECRET -> "a secret";
          case CARD_NUMBER -> "a card number";
          case BANK_ACCOUNT -> "a bank account number";
          case PATTERN -> "a match of an own rule";
          case HIDDEN_TEXT -> "hidden text";
          case TYPE_MISMATCH -> "a file that is not what it claims";
          case PARTLY_READ -> "more than is examined";
          case OTHER_TENANT -> "an address of another organization";
        };
    String name = finding.name().isEmpty() ? "" : finding.name() + ", ";
    return finding.place().isEmpty() ? kind : kind + " (" + name + finding.place() + ")";
  }
}
