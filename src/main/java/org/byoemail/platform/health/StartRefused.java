package org.byoemail.platform.health;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * The gateway cannot start as it is configured, for a reason that its operator can remove. Shown in
 * one line with the remedy, without a stack trace.
 */
public class StartRefused extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final String remedy;

  public StartRefused(String what, String remedy) {
    this(what, remedy, null);
  }

  public StartRefused(String what, String remedy, @Nullable Throwable cause) {
    super(what, cause);
    this.remedy = remedy;
  }

  /** Names what to correct, such as a setting. */
  public final String remedy() {
    return remedy;
  }

  static final class Analyzer extends AbstractFailureAnalyzer<StartRefused> {
    @Override
    protected FailureAnalysis analyze(Throwable failure, StartRefused cause) {
      return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.remedy(), failure);
    }
  }
}
