package org.byoemail.embedded;

import java.time.Clock;
import org.byoemail.account.connection.AllowedNetwork;
import org.byoemail.account.registry.Agents;
import org.byoemail.embedded.ConditionalOnEmbedded.Part;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountSwitches;
import org.byoemail.operations.setup.AgentSetup;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.platform.event.NumberedEvents;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The demo mail provider. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnEmbedded(Part.DEMO)
class DemoConfiguration {

  @Bean(destroyMethod = "close")
  DemoServer demoServer(DataFolder data, DemoSettings settings, Clock clock) {
    return DemoServer.start(data, settings, clock);
  }

  @Bean
  DemoProvider demoProvider(DemoServer server) {
    return server.provider();
  }

  /** The demo's accounts may connect to it, and to nothing else on this machine. */
  @Bean
  AllowedNetwork demoNetwork(DemoProvider provider) {
    return AllowedNetwork.of(provider.host() + "/32", provider.smtpPort(), provider.imapPort());
  }

  @Bean
  DemoAccounts demoAccounts(
      DemoProvider provider,
      Agents agents,
      AgentSetup agentSetup,
      AccountSetup accountSetup,
      AccountSwitches switches) {
    return new DemoAccounts(provider, agents, agentSetup, accountSetup, switches);
  }

  @Bean
  DemoScenario demoScenario(
      DemoProvider provider,
      DemoAccounts accounts,
      SubmissionReader reader,
      Submissions submissions,
      NumberedEvents events) {
    return new DemoScenario(provider, accounts, reader, submissions, events);
  }
}
