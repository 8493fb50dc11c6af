package org.byoemail.account.connection;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of connections to mail servers.
 *
 * @param allowedNetworks private networks (CIDR) that mail hosts may be in, each followed by
 *     further allowed ports, separated by spaces
 * @param trustedCertificates a PEM file of certificate authorities, trusted in addition to the
 *     authorities of the JVM
 * @param ehloName the name in EHLO; the host name by default
 * @param connectTimeout for the connection itself
 * @param readTimeout for the complete answer to a command
 * @param writeTimeout for each piece written
 * @param dataTimeout for the answer to a whole mail
 * @param testTimeout for each of the above in a connection test
 * @param tryDeadline the deadline of a whole attempt, even if the server keeps responding
 * @param testDeadline for a whole connection test
 * @param tests how many connection tests run at a time
 * @param pool the kept SMTP connections
 */
@ConfigurationProperties("byo.connection")
record ConnectionSettings(
    @DefaultValue List<String> allowedNetworks,
    @Nullable Path trustedCertificates,
    @Nullable String ehloName,
    @DefaultValue("30s") Duration connectTimeout,
    @DefaultValue("60s") Duration readTimeout,
    @DefaultValue("60s") Duration writeTimeout,
    @DefaultValue("10m") Duration dataTimeout,
    @DefaultValue("15s") Duration testTimeout,
    @DefaultValue("15m") Duration tryDeadline,
    @DefaultValue("30s") Duration testDeadline,
    @DefaultValue Tests tests,
    @DefaultValue Pool pool) {

  /**
   * The SMTP connection pool of a node.
   *
   * @param perAccount most connections of one account
   * @param total most connections in all
   * @param idle how long an idle connection is kept
   * @param maxAge the maximum age of a connection
   * @param maxMails the most mails of a connection
   * @param validateAfter how long a connection may be idle before it is validated by NOOP
   * @param maxWait how long a borrower waits for a connection that others use
   */
  record Pool(
      @DefaultValue("3") int perAccount,
      @DefaultValue("256") int total,
      @DefaultValue("60s") Duration idle,
      @DefaultValue("10m") Duration maxAge,
      @DefaultValue("100") int maxMails,
      @DefaultValue("30s") Duration validateAfter,
      @DefaultValue("10s") Duration maxWait) {
    Pool {
      if (perAccount < 1 || total < perAccount || maxMails < 1) {
        throw new IllegalArgumentException(
            "byo.connection.pool: per-account and max-mails are at least 1, total at least per-account");
      }
    }
  }

  /**
   * The most concurrent connection tests of a node.
   *
   * @param total in all
   * @param perOrganization of the accounts of one organisation
   * @param perHost at one address of a mail server
   */
  record Tests(
      @DefaultValue("16") int total,
      @DefaultValue("8") int perOrganization,
      @DefaultValue("4") int perHost) {
    Tests {
      if (total < 1 || perOrganization < 1 || perHost < 1) {
        throw new IllegalArgumentException("byo.connection.tests: each is at least 1");
      }
    }
  }

  ConnectionSettings {
    allowedNetworks.forEach(AllowedNetwork::parse);
    for (Duration timeout :
        List.of(
            connectTimeout,
            readTimeout,
            writeTimeout,
            dataTimeout,
            testTimeout,
            tryDeadline,
            testDeadline)) {
      if (timeout.isZero() || timeout.isNegative()) {
        throw new IllegalArgumentException("byo.connection: a timeout must be positive");
      }
    }
    if (ehloName != null && !ehloName.matches("[A-Za-z0-9._:\\[\\]-]+")) {
      throw new IllegalArgumentException(
          "byo.connection.ehlo-name must be a host name or an address in brackets");
    }
  }
}
