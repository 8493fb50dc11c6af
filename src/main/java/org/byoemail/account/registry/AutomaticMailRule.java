package org.byoemail.account.registry;

import java.util.ArrayList;
import java.util.List;

/**
 * How an agent behaves towards other machines.
 *
 * @param answers what becomes of an answer to automatic mail, mailing lists or reports
 * @param autoSubmitted whether all of its mail is marked as automatic (RFC 3834)
 */
public record AutomaticMailRule(OutgoingAction answers, boolean autoSubmitted) {
  /** Nothing is asked. */
  public static final AutomaticMailRule NONE = new AutomaticMailRule(OutgoingAction.ALLOW, false);

  /** The rule of a new agent. */
  public static final AutomaticMailRule STANDARD =
      new AutomaticMailRule(OutgoingAction.REFUSE, false);

  /** What satisfies both rules. */
  AutomaticMailRule stricter(AutomaticMailRule other) {
    return new AutomaticMailRule(
        answers.stricter(other.answers), autoSubmitted || other.autoSubmitted);
  }

  /** The fields in which the stricter rule differs from this one. */
  List<String> raised(AutomaticMailRule stricter) {
    List<String> fields = new ArrayList<>();
    if (answers != stricter.answers) {
      fields.add("automaticMail.answers");
    }
    if (autoSubmitted != stricter.autoSubmitted) {
      fields.add("automaticMail.autoSubmitted");
    }
    return fields;
  }
}
