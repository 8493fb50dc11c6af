package org.byoemail.operations.setup;

import java.util.List;
import org.byoemail.account.connection.ConnectionTest;
import org.jspecify.annotations.Nullable;

/**
 * The result of a sign-in at a provider.
 *
 * @param ok whether the mailbox is connected
 * @param waiting whether an administrator has to consent first
 * @param message for a person
 * @param link the page where the administrator consents; null: none
 * @param sides the tests with the new token, as far as they ran
 */
public record OAuthResult(
    boolean ok, boolean waiting, String message, @Nullable String link, List<Side> sides) {

  /**
   * The test of one side.
   *
   * @param name SMTP or IMAP
   */
  public record Side(String name, ConnectionTest test) {}

  static OAuthResult refused(String message) {
    return new OAuthResult(false, false, message, null, List.of());
  }
}
