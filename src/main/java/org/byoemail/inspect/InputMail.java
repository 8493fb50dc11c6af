package org.byoemail.inspect;

import org.jspecify.annotations.Nullable;

/**
 * A mail to look at.
 *
 * @param file where it is from, as it was asked for; the second mail of a mailbox has {@code #2}
 *     behind it, and so on
 * @param bytes the raw mail; null where it could not be read
 * @param error why it could not be read
 */
record InputMail(String file, byte @Nullable [] bytes, @Nullable String error) {

  static InputMail of(String file, byte[] bytes) {
    return new InputMail(file, bytes, null);
  }

  static InputMail unreadable(String file, String error) {
    return new InputMail(file, null, error);
  }
}
