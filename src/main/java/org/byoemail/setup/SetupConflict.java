package org.byoemail.setup;

/** What is asked for does not go together with how things stand; the message says what to do. */
public class SetupConflict extends RuntimeException {
  private static final long serialVersionUID = 1;

  SetupConflict(String message) {
    super(message);
  }
}
