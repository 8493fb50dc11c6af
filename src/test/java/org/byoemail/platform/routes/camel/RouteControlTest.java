package org.byoemail.platform.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.byoemail.platform.cluster.NodeIdentity;
import org.byoemail.platform.routes.RouteAction;
import org.byoemail.platform.routes.RouteActivities;
import org.byoemail.platform.routes.RouteActivity;
import org.byoemail.platform.routes.RouteCommand;
import org.byoemail.platform.routes.RouteCommands;
import org.byoemail.platform.routes.RouteFailure;
import org.byoemail.platform.routes.RouteSource;
import org.byoemail.platform.routes.RouteStates;
import org.byoemail.platform.routes.RouteStep;
import org.byoemail.platform.routes.RunningRoutes;
import org.byoemail.support.BrokerTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The routes of a node, as other nodes see and stop them. */
class RouteControlTest extends BrokerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ROUTE = "webhook-tidy";

  @Autowired private CamelContext context;
  @Autowired private RouteFailureLog failures;
  @Autowired private RunningRoutes running;
  @Autowired private RouteStates states;
  @Autowired private RouteCommands commands;
  @Autowired private RouteActivities activities;
  @Autowired private RouteLock lock;
  @Autowired private NodeIdentity self;
  @Autowired private JdbcClient jdbc;

  @Test
  void routeIsReportedWithItsStepsAndItsLinesInTheFile() throws Exception {
    List<String> lines = Files.readAllLines(Path.of("routes/webhook/tidy.camel.yaml"));

    RouteSource source = running.find(ROUTE).orElseThrow();
    await().atMost(PATIENCE).until(() -> states.find(ROUTE).isPresent());

    assertThat(source.file()).isEqualTo("routes/webhook/tidy.camel.yaml");
    assertThat(source.yaml().lines().toList())
        .startsWith(lines.get(source.line() - 1))
        .anyMatch(line -> line.contains("id: " + ROUTE));
    assertThat(source.from().words()).startsWith("timer:");
    RouteStep bean =
        source.steps().stream()
            .filter(step -> step.kind().equals("bean"))
            .findFirst()
            .orElseThrow();
    assertThat(lines.get(bean.line() - 1)).containsAnyOf("bean", "ref", "method");
    assertThat(states.find(ROUTE).orElseThrow().nodes())
        .singleElement()
        .satisfies(on -> assertThat(on.activity().state()).isEqualTo("started"));
  }

  @Test
  void stopAndStartReachTheNode() {
    await().atMost(PATIENCE).until(() -> states.find(ROUTE).isPresent());

    assertThat(commands.request(ROUTE, self.id(), RouteAction.STOP, "a person"))
        .containsExactly(self.id());
    await().atMost(PATIENCE).until(() -> status() == ServiceStatus.Stopped);
    await().atMost(PATIENCE).until(() -> state().equals("stopped"));
    RouteCommand done = states.find(ROUTE).orElseThrow().nodes().get(0).command();
    commands.request(ROUTE, null, RouteAction.START, "a person");
    await().atMost(PATIENCE).until(() -> status() == ServiceStatus.Started);

    assertThat(done.action()).isEqualTo(RouteAction.STOP);
    assertThat(done.requestedBy()).isEqualTo("a person");
    assertThat(done.doneAt()).isNotNull();
    assertThat(done.problem()).isNull();
    await().atMost(PATIENCE).until(() -> state().equals("started"));
  }

  @Test
  void nodeThatWaitsForABusyRouteIsStillReported() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("seda:busy-in-a-test")
                .routeId("busy-in-a-test")
                .process(
                    exchange -> {
                      entered.countDown();
                      released.await(40, TimeUnit.SECONDS);
                    });
          }
        });
    try (var producer = context.createProducerTemplate()) {
      producer.sendBody("seda:busy-in-a-test", "x");
      assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
      jdbc.sql(
              """
              INSERT INTO route_command (id, node, route, action, requested_by, requested_at)
              VALUES (gen_random_uuid(), :node, 'busy-in-a-test', 'stop', 'a person', statement_timestamp())
              """)
          .param("node", self.id())
          .update();
      await().atMost(PATIENCE).until(this::isLocked);
      jdbc.sql("DELETE FROM route_activity WHERE node = :node").param("node", self.id()).update();

      await().atMost(Duration.ofSeconds(12)).until(() -> states.find(ROUTE).isPresent());

      assertThat(commands.open(self.id())).isNotEmpty();
    } finally {
      released.countDown();
      await().atMost(PATIENCE).until(() -> commands.open(self.id()).isEmpty());
      context.getRouteController().stopRoute("busy-in-a-test");
      context.removeRoute("busy-in-a-test");
    }
  }

  private boolean isLocked() {
    boolean[] taken = {false};
    lock.runWithin(0, () -> taken[0] = true);
    return !taken[0];
  }

  @Test
  void requestWaitsUntilAReplacementHasEnded() {
    await().atMost(PATIENCE).until(() -> states.find(ROUTE).isPresent());

    lock.runWithin(
        10_000,
        () -> {
          commands.request(ROUTE, self.id(), RouteAction.STOP, "a person");
          await().during(Duration.ofSeconds(2)).until(() -> status() == ServiceStatus.Started);
        });

    await().atMost(PATIENCE).until(() -> status() == ServiceStatus.Stopped);
    commands.request(ROUTE, self.id(), RouteAction.START, "a person");
    await().atMost(PATIENCE).until(() -> status() == ServiceStatus.Started);
  }

  @Test
  void textThatLooksLikeAnEscapeIsReported() {
    RouteFailure failure =
        new RouteFailure(java.time.Instant.EPOCH, false, "a\0step", "", 0, "no \\u0000 in \0 text");

    activities.report(
        List.of(
            new RouteActivity(ROUTE, "a\0b", "", "started", 0, 0, 0, 0, null, List.of(failure))));

    assertThat(failure.reason()).isEqualTo("no \\u0000 in   text");
    await()
        .atMost(PATIENCE)
        .until(() -> activities.list().stream().anyMatch(each -> each.routes().size() > 1));
  }

  @Test
  void requestForAnotherNodeIsLeftToIt() {
    await().atMost(PATIENCE).until(() -> states.find(ROUTE).isPresent());
    jdbc.sql(
            """
            INSERT INTO route_activity (node, routes, reported_at)
            SELECT 'another-node', routes, statement_timestamp() FROM route_activity WHERE node = :self
            """)
        .param("self", self.id())
        .update();
    try {
      List<String> asked = commands.request(ROUTE, "another-node", RouteAction.STOP, "a person");
      List<String> everywhere = commands.request(ROUTE, null, RouteAction.START, "a person");

      assertThat(asked).containsExactly("another-node");
      assertThat(everywhere).containsExactlyInAnyOrder("another-node", self.id());
      await().atMost(PATIENCE).until(() -> commands.open(self.id()).isEmpty());
      assertThat(commands.open("another-node"))
          .extracting(RouteCommand::action)
          .containsExactly(RouteAction.STOP, RouteAction.START);
      assertThat(status()).isEqualTo(ServiceStatus.Started);
    } finally {
      jdbc.sql("DELETE FROM route_activity WHERE node = 'another-node'").update();
      jdbc.sql("DELETE FROM route_command WHERE node = 'another-node'").update();
    }
  }

  @Test
  void nobodyIsAskedWhoDoesNotHaveTheRoute() {
    assertThat(commands.request("no-such-route", null, RouteAction.STOP, "a person")).isEmpty();
    assertThat(commands.request(ROUTE, "no-such-node", RouteAction.STOP, "a person")).isEmpty();
  }

  @Test
  void failureIsShownWithItsReasonAndWithoutPasswords() throws Exception {
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:failing-in-a-test")
                .routeId("failing-in-a-test")
                .onException(IllegalStateException.class)
                .handled(true)
                .setBody(constant("handled"))
                .end()
                .process(
                    exchange -> {
                      throw new IllegalStateException(
                          "no answer from ftp://ann:pass@there?password=letmein1");
                    })
                .id("the-step");
          }
        });
    try (var producer = context.createProducerTemplate()) {
      producer.send("direct:failing-in-a-test", exchange -> {});

      assertThat(failures.of("failing-in-a-test"))
          .singleElement()
          .satisfies(
              failure -> {
                assertThat(failure.step()).isEqualTo("the-step");
                assertThat(failure.reason())
                    .startsWith("IllegalStateException: no answer")
                    .doesNotContain("letmein1");
              });
    } finally {
      context.getRouteController().stopRoute("failing-in-a-test");
      context.removeRoute("failing-in-a-test");
    }
  }

  @Test
  void valuesThatLookLikeSecretsAreMasked() {
    String masked =
        RouteSources.masked(
            """
            password: letmein1
            bindPassword: "{{byo.password}}"
            accessToken: 'abc'
            method: token
            """);

    assertThat(masked)
        .doesNotContain("letmein1", "abc")
        .contains("bindPassword: \"{{byo.password}}\"", "method: token");
  }

  @Test
  void secretsInAddressesAreMasked() {
    String masked =
        RouteSources.masked(
            """
            uri: "ftp://ann:hunter1@there/in?username=ann&password=hunter2&passive=true"
            uri: ftp:ann:hunter3@there?account=a
            uri: "kafka:mail?sslKeyPassword=RAW(hunter4&hunter5)&brokers=b:1"
            toD: "http://there?accessKey={{key:hunter6}}"
            uri: "smtp://{{host}}:25?password={{byo.password}}&secretKey=RAW({{env:KEY}})"
            "apiKey": hunter7
            password: |
              hunter8
            from: direct:one
            """);

    assertThat(masked)
        .doesNotContain("hunter")
        .contains(
            "ftp://ann:•••@there/in?username=ann&password=•••&passive=true\"",
            "ftp:ann:•••@there?account=a",
            "&brokers=b:1\"",
            "\"smtp://{{host}}:25?password={{byo.password}}&secretKey=RAW({{env:KEY}})\"",
            "from: direct:one");
  }

  @Test
  void reasonsAreOneLineAndBounded() {
    RouteFailure failure =
        new RouteFailure(java.time.Instant.EPOCH, false, "", "", 0, "a\nb" + "c".repeat(1000));

    assertThat(failure.reason()).startsWith("a bc").hasSize(301);
  }

  private ServiceStatus status() {
    return context.getRouteController().getRouteStatus(ROUTE);
  }

  private String state() {
    return states.find(ROUTE).orElseThrow().nodes().get(0).activity().state();
  }
}
