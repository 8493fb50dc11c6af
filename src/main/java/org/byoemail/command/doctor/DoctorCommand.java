package org.byoemail.command.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.byoemail.command.doctor.CheckResult.Outcome;
import org.byoemail.command.doctor.NetworkChecks.MailServer;
import org.byoemail.platform.broker.BrokerLogin;
import org.byoemail.platform.broker.BrokerLogins;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.amqp.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Reads the settings as at a start, checks each service, and prints the results. */
public final class DoctorCommand {
  private static final String COMMAND = "doctor";
  private static final String JSON = "--json";
  private static final String MAIL_SERVER = "--mail-server=";
  private static final int SOUND = 0;
  private static final int FAILED = 1;
  private static final int WRONG_ARGUMENTS = 2;

  private static final List<MailServer> MAIL_SERVERS =
      List.of(
          new MailServer("smtp.gmail.com", 587),
          new MailServer("smtp.gmail.com", 465),
          new MailServer("imap.gmail.com", 993));

  static final String USAGE =
      """
      Usage: java -jar byo-email.jar doctor [--json] [--mail-server=HOST:PORT ...] [--SETTING=VALUE ...]

      Tries settings, PostgreSQL, Redis, the broker, contents, the flag file, clocks, ports and mail servers
      (smtp.gmail.com and imap.gmail.com unless others are named), and starts nothing.
      Exit status: 0, or 1 if the gateway could not start or work.
      """;

  private final PrintStream out;
  private final PrintStream err;
  private final Clock clock;

  public DoctorCommand(PrintStream out, PrintStream err, Clock clock) {
    this.out = out;
    this.err = err;
    this.clock = clock;
  }

  /** Whether the program was started with this command. */
  public static boolean isAsked(String... args) {
    return args.length > 0 && args[0].equals(COMMAND);
  }

  /**
   * Runs to the end.
   *
   * @param args the program's arguments, the word {@code doctor} first
   * @return the exit status of the process
   */
  public int run(String... args) {
    List<String> words = new ArrayList<>(Arrays.asList(args).subList(1, args.length));
    if (words.remove("--help") || words.remove("-h")) {
      out.print(USAGE);
      out.flush();
      return SOUND;
    }
    boolean json = words.remove(JSON);
    List<MailServer> servers = new ArrayList<>();
    List<String> settings = new ArrayList<>();
    try {
      for (String word : words) {
        if (word.startsWith(MAIL_SERVER)) {
          servers.add(MailServer.parse(word.substring(MAIL_SERVER.length())));
        } else if (word.startsWith("--") && word.contains("=")) {
          settings.add(word);
        } else {
          throw new IllegalArgumentException("unknown argument " + word);
        }
      }
    } catch (IllegalArgumentException e) {
      err.println("doctor: " + e.getMessage());
      err.print(USAGE);
      return WRONG_ARGUMENTS;
    }
    return print(check(servers.isEmpty() ? MAIL_SERVERS : servers, settings), json);
  }

  private List<CheckResult> check(List<MailServer> servers, List<String> settings) {
    List<String> all = new ArrayList<>(settings);
    // Spring Boot's failure analysis explains why the settings cannot be read.
    all.add("--logging.level.root=off");
    all.add(
        "--logging.level.org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter=error");
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Services.class)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .lazyInitialization(true)
            .run(all.toArray(String[]::new))) {
      ConfigurableEnvironment environment = context.getEnvironment();
      ServiceChecks services = new ServiceChecks(environment, clock);
      NetworkChecks network = new NetworkChecks(environment);
      List<CheckResult> results = new ArrayList<>();
      results.add(CheckResult.ok("settings", "read"));
      results.add(CheckResult.ok("Java", System.getProperty("java.runtime.version")));
      results.addAll(services.database());
      results.add(services.redis(() -> context.getBean(RedisConnectionFactory.class)));
      results.add(services.broker(() -> context.getBean(BrokerLogin.class)));
      results.add(services.contents());
      results.add(services.flagFile());
      results.add(network.httpPort());
      results.add(network.publicUrl());
      results.addAll(network.mailServers(servers));
      return results;
    } catch (RuntimeException e) {
      return List.of(
          CheckResult.failed(
              "settings",
              String.valueOf(e.getMessage()),
              "Correct it and run this command again."));
    }
  }

  private int print(List<CheckResult> results, boolean json) {
    ObjectMapper mapper = new ObjectMapper();
    for (CheckResult result : results) {
      try {
        out.println(json ? mapper.writeValueAsString(result.json()) : result.text());
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
    out.flush();
    boolean failed = results.stream().anyMatch(result -> result.outcome() == Outcome.FAILED);
    return failed ? FAILED : SOUND;
  }

  /**
   * Redis and the broker as the gateway configures them. No {@code @Configuration}, since the
   * gateway's scan would find it.
   */
  @ImportAutoConfiguration({
    RedisAutoConfiguration.class,
    ArtemisAutoConfiguration.class,
    RabbitAutoConfiguration.class
  })
  @Import(BrokerLogins.class)
  static class Services {}
}
