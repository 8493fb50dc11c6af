package org.byoemail.platform.broker;

/** The broker does not respond. */
public final class BrokerAway extends RuntimeException {
  private final String remedy;

  BrokerAway(String what, String remedy) {
    super(what);
    this.remedy = remedy;
  }

  /** Names the settings to correct. */
  public String remedy() {
    return remedy;
  }
}
