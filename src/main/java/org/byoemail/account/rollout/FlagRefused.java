package org.byoemail.account.rollout;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** The settings of the flag cannot be used: the start ends. */
final class FlagRefused extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final String remedy;

  FlagRefused(String what, String remedy, Throwable cause) {
    super(what, cause);
    this.remedy = remedy;
  }

  FlagRefused(String what, String remedy) {
    super(what);
    this.remedy = remedy;
  }

  /** Reports it in one line with the remedy. */
  static final class Analyzer extends AbstractFailureAnalyzer<FlagRefused> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, FlagRefused cause) {
      return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.remedy, rootFailure);
    }
  }
}
