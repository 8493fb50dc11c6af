package org.byoemail.platform.access;

/** A passkey that cannot be registered; the message is for the person. */
public class PasskeyRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  PasskeyRefused(String message) {
    super(message);
  }
}
