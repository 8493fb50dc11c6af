package org.byoemail.flow;

import java.util.Map;

/** What an operator puts into a jar of its own; see {@link OwnStepsIT}. */
public class OwnStep {
  /** A hook's answer. */
  public Map<String, Object> answer(Map<String, Object> submission) {
    return Map.of(
        "action", "continue", "metadata", Map.of("words", submission.get("subject") + "!"));
  }
}
