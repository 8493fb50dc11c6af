package org.byoemail.outbound.provenance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.account.registry.RecipientRule;
import org.byoemail.account.registry.RecipientRule.Action;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.gate.SendingGate;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Has mail reviewed or refused that goes to addresses for which nobody vouches, so that a mail
 * cannot make an agent write to a stranger. Safe for use by many threads.
 */
@Component
@Order(20)
class RecipientGate implements SendingGate {
  private static final String WORD = "recipients";

  /** How many addresses a reason names. */
  private static final int MAX_NAMED = 5;

  private final Provenance provenance;

  RecipientGate(Provenance provenance) {
    this.provenance = provenance;
  }

  @Override
  public String word() {
    return WORD;
  }

  @Override
  public boolean isNeeded(SendingPolicy policy, GateRequest.Phase phase) {
    return !policy.recipients().equals(RecipientRule.NONE);
  }

  @Override
  public boolean isSettled(SendingPolicy policy) {
    return true;
  }

  @Override
  public GateDecision decide(GateRequest request) {
    return decide(
        request.policy().recipients(),
        provenance.of(
            new Provenance.Query(
                request.origin().agent(),
                request.conversation(),
                request.message(),
                request.recipients().keySet())));
  }

  static GateDecision decide(RecipientRule rule, Map<EmailAddress, Origin> origins) {
    List<String> unvouched = with(origins, Origin.NAMED);
    List<String> unknown = with(origins, Origin.UNKNOWN);
    Action ofUnvouched = unvouched.isEmpty() ? Action.ALLOW : rule.unvouched();
    Action ofUnknown = unknown.isEmpty() ? Action.ALLOW : rule.unknown();
    Map<String, Object> facts = new LinkedHashMap<>();
    List<String> words = new ArrayList<>();
    origins.forEach((address, origin) -> words.add(address.value() + " " + origin.word()));
    facts.put("origins", words);
    Action strictest = ofUnvouched.compareTo(ofUnknown) >= 0 ? ofUnvouched : ofUnknown;
    if (strictest == Action.ALLOW) {
      return GateDecision.pass(WORD, facts);
    }
    boolean named = ofUnvouched == strictest;
    String whom = some(named ? unvouched : unknown);
    return GateDecision.of(
        WORD,
        strictest == Action.REFUSE ? Result.REFUSE : Result.REVIEW,
        named ? "unvouched-recipient" : "unknown-recipient",
        whom
            + (named
                ? ": only a mail names this address, and nobody vouched for it"
                : ": neither a mail nor a contact names this address")
            + "; a person can allow it (POST /agents/{id}/contact-requests)",
        facts);
  }

  private static List<String> with(Map<EmailAddress, Origin> origins, Origin wanted) {
    return origins.entrySet().stream()
        .filter(one -> one.getValue() == wanted)
        .map(one -> one.getKey().value())
        .toList();
  }

  private static String some(List<String> addresses) {
    String named = String.join(", ", addresses.subList(0, Math.min(MAX_NAMED, addresses.size())));
    int rest = addresses.size() - MAX_NAMED;
    return rest > 0 ? named + " and " + rest + " more" : named;
  }
}
