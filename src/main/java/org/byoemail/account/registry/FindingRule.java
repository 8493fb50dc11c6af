package org.byoemail.account.registry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What becomes of an agent's mail with findings.
 *
 * @param actions by kind of finding; those that are missing are marked, but mail that was not read
 *     to its end gets the strictest of the others. Empty: mail is not examined
 * @param shownCharacters how many characters of a value are shown at each of its ends, 0 to 4
 */
public record FindingRule(Map<String, OutgoingAction> actions, int shownCharacters) {
  /** The most characters that are shown at each end. */
  public static final int MAX_SHOWN = 4;

  private static final String PARTLY_READ = "partly-read";

  /** Mail is not examined. */
  public static final FindingRule NONE = new FindingRule(Map.of(), 0);

  /** A sorted copy of the actions is kept. */
  public FindingRule {
    if (shownCharacters < 0 || shownCharacters > MAX_SHOWN) {
      throw new IllegalArgumentException("must be 0 to " + MAX_SHOWN);
    }
    actions = Collections.unmodifiableMap(new TreeMap<>(actions));
  }

  /** Whether mail is examined. */
  public boolean isExamined() {
    return !actions.isEmpty();
  }

  /** What becomes of mail with a finding of that kind. */
  public OutgoingAction action(String kind) {
    OutgoingAction action = actions.get(kind);
    if (action != null) {
      return action;
    }
    // Padding must not be a way around a stricter action: what is not read may be of any kind.
    return kind.equals(PARTLY_READ)
        ? actions.values().stream().reduce(OutgoingAction.MARK, OutgoingAction::stricter)
        : OutgoingAction.MARK;
  }

  /** What satisfies both rules. */
  FindingRule stricter(FindingRule other) {
    if (!isExamined() || !other.isExamined()) {
      return isExamined() ? this : other;
    }
    Map<String, OutgoingAction> both = new TreeMap<>();
    Set<String> kinds = new TreeSet<>(actions.keySet());
    kinds.addAll(other.actions.keySet());
    kinds.forEach(kind -> both.put(kind, action(kind).stricter(other.action(kind))));
    return new FindingRule(both, Math.min(shownCharacters, other.shownCharacters));
  }

  /** The fields in which the stricter rule differs from this one. */
  List<String> raised(FindingRule stricter) {
    List<String> fields = new ArrayList<>();
    stricter.actions.forEach(
        (kind, action) -> {
          if (!isExamined() || action(kind) != action) {
            fields.add("findings." + kind);
          }
        });
    if (shownCharacters != stricter.shownCharacters) {
      fields.add("shownCharacters");
    }
    return fields;
  }
}
