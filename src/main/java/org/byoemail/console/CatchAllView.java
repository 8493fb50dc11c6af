package org.byoemail.console;

import java.util.List;
import java.util.stream.Collectors;
import org.byoemail.account.alias.CatchAll;
import org.byoemail.operations.setup.CatchAllState;
import org.jspecify.annotations.Nullable;

/**
 * A catch-all domain on the page of its account.
 *
 * @param trouble why the latest proof failed; null if it did not fail
 * @param sending whether the account may send from its addresses
 * @param rules one per line: the pattern and the id of the agent
 */
record CatchAllView(
    String domain,
    Badge state,
    @Nullable DisplayTime provedAt,
    @Nullable String trouble,
    String recordName,
    String recordText,
    AliasView sending,
    boolean refuseUnmatched,
    String rules,
    List<RuleView> ruleList) {

  /** A rule and its agent. */
  record RuleView(String pattern, String agent) {}

  static CatchAllView of(CatchAllState state) {
    CatchAll domain = state.domain();
    Badge badge =
        domain.proof() == null
            ? Badge.waiting("not proved")
            : switch (domain.proof()) {
              case DNS -> Badge.good("proved by DNS");
              case ROUND_TRIP -> Badge.good("proved by a round trip");
            };
    List<RuleView> rules =
        domain.rules().stream()
            .map(rule -> new RuleView(rule.pattern().toString(), rule.agent().toString()))
            .toList();
    return new CatchAllView(
        domain.domain(),
        badge,
        DisplayTime.ofNullable(domain.provedAt()),
        domain.error(),
        domain.recordName(),
        domain.recordText(),
        AliasView.of(state.sending()),
        domain.refuseUnmatched(),
        rules.stream()
            .map(rule -> rule.pattern() + " " + rule.agent())
            .collect(Collectors.joining("\n")),
        rules);
  }
}
