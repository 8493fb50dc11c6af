package org.byoemail.account.oauth;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.byoemail.account.link.ConnectLinks;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.delivery.SendingParts;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.support.SettableClock;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * A node in a process of its own that fetches access tokens, as its standard input asks for: each
 * line has a time, an account, and how many threads ask at once. It answers with a line of the
 * different tokens, or with the failure. No component, so that no scan finds it.
 */
@Import({
  SendingParts.class,
  AccessTokens.class,
  ConnectLinks.class,
  IssuerDiscovery.class,
  OAuthClients.class,
  OAuthGrantRows.class,
  OAuthGrants.class,
  OAuthProviders.class,
  PublicUrl.class,
  TokenRequests.class
})
@ConfigurationPropertiesScan({"org.byoemail.account.oauth", "org.byoemail.platform.access"})
class TokenNode {
  private static final int MAX_THREADS = 50;

  @Bean
  SettableClock clock() {
    return SettableClock.at(Clock.systemUTC().instant());
  }

  public static void main(String[] settings) throws IOException, InterruptedException {
    PrintStream answers = System.out;
    System.setOut(System.err);
    try (ConfigurableApplicationContext context =
            new SpringApplicationBuilder(TokenNode.class)
                .web(WebApplicationType.NONE)
                .lazyInitialization(true)
                .run(settings);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      AccessTokens tokens = context.getBean(AccessTokens.class);
      Accounts accounts = context.getBean(Accounts.class);
      answers.println("ready");
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ");
        context.getBean(SettableClock.class).set(Instant.parse(words[0]));
        Account account = accounts.find(new AccountId(UUID.fromString(words[1]))).orElseThrow();
        answers.println(atOnce(Integer.parseInt(words[2]), tokens, account));
      }
    }
  }

  private static String atOnce(int times, AccessTokens tokens, Account account)
      throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(times, MAX_THREADS));
    try {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        calls.add(() -> tokens.current(account, Protocol.SMTP));
      }
      TreeSet<String> seen = new TreeSet<>();
      for (Future<String> one : threads.invokeAll(calls)) {
        seen.add(one.get());
      }
      return String.join(" ", seen);
    } catch (ExecutionException e) {
      return "failed: " + e.getCause();
    } finally {
      threads.shutdownNow();
    }
  }
}
