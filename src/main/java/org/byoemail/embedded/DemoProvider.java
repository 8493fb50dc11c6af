package org.byoemail.embedded;

import java.util.List;

/**
 * A mail provider for trying things out: SMTP and IMAP without TLS, on loopback. It knows its users
 * and nobody else: mail to anyone else comes back as a delivery report, unless it is a test
 * address. Runs while the bean exists.
 *
 * @param host where it listens
 * @param smtpPort for sending; asks for a login
 * @param imapPort for reading; with IDLE
 * @param domain of its users
 * @param users who has a mailbox there, and an agent from the first start on
 * @param spare who else has a mailbox there, to be connected by hand
 */
public record DemoProvider(
    String host, int smtpPort, int imapPort, String domain, List<User> users, List<User> spare) {

  /**
   * A user with a mailbox there.
   *
   * @param address the mail address, which is also the login
   * @param password made at the first start and kept
   */
  public record User(String address, String password) {
    @Override
    public String toString() {
      return address;
    }
  }
}
