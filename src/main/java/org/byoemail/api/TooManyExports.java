package org.byoemail.api;

/** This node writes as many exports as it may. */
class TooManyExports extends RuntimeException {
  private static final long serialVersionUID = 1;

  TooManyExports() {
    super("other exports are being written: try again later");
  }
}
