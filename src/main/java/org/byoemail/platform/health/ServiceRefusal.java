package org.byoemail.platform.health;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * A required service is not available, or a service refuses the login. Shown in one line with the
 * remedy.
 */
public final class ServiceRefusal extends RuntimeException {
  private final String remedy;

  ServiceRefusal(String what, String remedy) {
    super(what);
    this.remedy = remedy;
  }

  /** Names the settings to correct. */
  public String remedy() {
    return remedy;
  }

  static final class Analyzer extends AbstractFailureAnalyzer<ServiceRefusal> {
    @Override
    protected FailureAnalysis analyze(Throwable failure, ServiceRefusal cause) {
      return new FailureAnalysis(cause.getMessage(), cause.remedy(), cause);
    }
  }
}
