package org.byoemail.outbound.composition;

/** What other features need of this one to be tried alone. */
public final class CompositionFixtures {
  private CompositionFixtures() {}

  public static AttemptHeader attemptHeader() {
    return new AttemptHeader(new HeaderSettings("X-Gobii-Message-ID"));
  }
}
