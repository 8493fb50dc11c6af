package org.byoemail.access;

import java.io.IOException;

/** The body of a request passes its limit. */
public class BodyTooLarge extends IOException {
  private static final long serialVersionUID = 1;

  BodyTooLarge(long limit) {
    super("the body is larger than the " + limit + " bytes that are allowed");
  }
}
