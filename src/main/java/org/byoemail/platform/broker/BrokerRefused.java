package org.byoemail.platform.broker;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * The broker refuses the login, lacks a queue or topic, or is not configured. Ends the start with
 * one line and the remedy; neither contains a secret.
 */
public final class BrokerRefused extends RuntimeException {
  private final String remedy;

  BrokerRefused(String what, String remedy) {
    super(what);
    this.remedy = remedy;
  }

  /** Names the settings to correct. */
  public String remedy() {
    return remedy;
  }

  static final class Analyzer extends AbstractFailureAnalyzer<BrokerRefused> {
    @Override
    protected FailureAnalysis analyze(Throwable failure, BrokerRefused cause) {
      return new FailureAnalysis(cause.getMessage(), cause.remedy(), cause);
    }
  }
}
