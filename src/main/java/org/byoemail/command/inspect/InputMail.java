package org.byoemail.command.inspect;

import org.jspecify.annotations.Nullable;

/**
 * A mail to inspect.
 *
 * @param file its path as given on the command line; the second mail of a mailbox has the suffix
 *     {@code #2}, and so on
 * @param bytes the raw mail; null if it could not be read
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
