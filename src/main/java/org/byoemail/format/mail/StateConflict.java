package org.byoemail.format.mail;

/**
 * A valid request that the present state does not allow. The message is for the caller and says
 * what to do; the API answers with 409.
 */
public abstract class StateConflict extends RuntimeException {
  private static final long serialVersionUID = 1;

  protected StateConflict(String message) {
    super(message);
  }
}
