package org.byoemail.api;

/** This node has reached its limit of exports. */
class TooManyExports extends RuntimeException {
  private static final long serialVersionUID = 1;

  TooManyExports() {
    super("other exports are being written: try again later");
  }
}
