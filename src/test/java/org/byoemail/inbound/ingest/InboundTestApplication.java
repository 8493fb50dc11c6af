package org.byoemail.inbound.ingest;

import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.provider.Providers;
import org.byoemail.account.registry.Account;
import org.byoemail.format.authentication.ServerRule;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.MailClassifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Mailboxes and inbound with what they need, and the flow of bounces played by a probe. No
 * component itself, so that no other test's scan finds it.
 */
@Import(InboundFixture.class)
@EnableAutoConfiguration(exclude = ArtemisAutoConfiguration.class)
@ComponentScan(
    basePackages = {
      "org.byoemail.account.provider",
      "org.byoemail.account.receiving",
      "org.byoemail.account.registry",
      "org.byoemail.platform.dossier",
      "org.byoemail.platform.event",
      "org.byoemail.platform.trace",
      "org.byoemail.platform.hook",
      "org.byoemail.platform.conversation",
      "org.byoemail.platform.audit",
      "org.byoemail.platform.cluster",
      "org.byoemail.platform.lease",
      "org.byoemail.platform.restore",
      "org.byoemail.account.rollout",
      "org.byoemail.account.alias",
      "org.byoemail.account.connection",
      "org.byoemail.account.discovery",
      "org.byoemail.account.link",
      "org.byoemail.account.testmail",
      "org.byoemail.inbound.mailbox",
      "org.byoemail.inbound.scan",
      "org.byoemail.inbound.ingest",
      "org.byoemail.outbound.provenance"
    },
    excludeFilters =
        @Filter(
            type = FilterType.REGEX,
            pattern = {
              // Its publisher wants a broker.
              "org\\.byoemail\\.platform\\.event\\.camel\\..*",
              "org\\.byoemail\\.account\\.link\\.Connect(Links|Notices)",
              // Of discovery, DNS alone.
              "org\\.byoemail\\.account\\.discovery\\.(?!DnsNameServer|DnsTxtLookup).*"
            }))
@ConfigurationPropertiesScan({
  "org.byoemail.account.registry",
  "org.byoemail.platform.conversation",
  "org.byoemail.platform.dossier",
  "org.byoemail.platform.event",
  "org.byoemail.platform.audit",
  "org.byoemail.platform.hook",
  "org.byoemail.platform.cluster",
  "org.byoemail.platform.lease",
  "org.byoemail.account.rollout",
  "org.byoemail.account.connection",
  "org.byoemail.account.discovery",
  "org.byoemail.inbound.mailbox",
  "org.byoemail.inbound.scan",
  "org.byoemail.inbound.ingest"
})
class InboundTestApplication {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** Rules by the name of the user, too: all servers of the tests have one host. */
  @Bean
  @Primary
  SenderAuthentication rulesOfTheTests(
      InboundSettings settings, Providers providers, AuthservLearning learning) {
    return new SenderAuthentication(settings, providers, learning) {
      @Override
      ServerRule rule(Account account) {
        String user = account.address().localPart();
        if (user.startsWith("gmail-like")) {
          return new ServerRule(
              List.of("mx.google.com"), List.of("google.com", "2002:"), false, false);
        }
        return user.startsWith("microsoft-like")
            ? new ServerRule(List.of(), List.of(), true, true)
            : super.rule(account);
      }
    };
  }

  @Bean
  MailClassifier mailClassifier() {
    return new MailClassifier();
  }

  @Bean
  BounceProbe bounceProbe(JdbcClient jdbc) {
    return new BounceProbe(jdbc);
  }

  /** Records that a report came through, in the transaction of its caller. */
  static class BounceProbe {
    private final JdbcClient jdbc;
    volatile boolean failing;

    BounceProbe(JdbcClient jdbc) {
      this.jdbc = jdbc;
    }

    public void record(Classification report, UUID inboundMail, AccountId account) {
      jdbc.sql(
              "INSERT INTO bounce (id, inbound_mail_id, account_id, kind, recipient, created_at) VALUES (:id, :mail, :account, 'failed', :recipient, now())")
          .param("id", Ids.next())
          .param("mail", inboundMail)
          .param("account", account.value())
          .param("recipient", report.recipients().get(0).toString())
          .update();
      if (failing) {
        throw new org.springframework.dao.TransientDataAccessResourceException("as the test wants");
      }
    }
  }
}
