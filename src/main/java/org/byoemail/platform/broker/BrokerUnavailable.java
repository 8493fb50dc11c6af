package org.byoemail.platform.broker;

/** The broker does not respond. */
public final class BrokerUnavailable extends RuntimeException {
  private final String remedy;

  BrokerUnavailable(String what, String remedy) {
    super(what);
    this.remedy = remedy;
  }

  /** Names the settings to correct. */
  public String remedy() {
    return remedy;
  }
}
