package org.byoemail.platform.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.routes.LoadedRouteFiles;
import org.byoemail.platform.routes.RouteProblem;
import org.byoemail.platform.routes.RouteVersion;
import org.byoemail.platform.routes.RouteVersions;
import org.byoemail.support.BrokerTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jms.core.JmsTemplate;

/** The shipped routes, edited while the gateway takes submissions. */
class ShippedRoutesReloadTest extends BrokerTest {
  private static final String ACCEPT = "brokers/artemis/outbound/accept.camel.yaml";
  private static final List<String> STARTED =
      List.of(
          "error-handling.camel.yaml",
          ACCEPT,
          "event/number.camel.yaml",
          "brokers/artemis/event/publish-send.camel.yaml",
          "event/publish.camel.yaml");

  @TempDir Path dir;

  @Autowired private CamelContext context;
  @Autowired private ConnectionFactory connections;
  @Autowired private LoadedRouteFiles files;
  @Autowired private RouteVersions versions;
  @Autowired private Agents agents;
  @Autowired private Endpoints endpoints;
  @Autowired private JdbcClient jdbc;

  private RouteReloader reloader;

  @BeforeEach
  void copyRoutes() throws IOException {
    List<RouteFile> loaded = new ArrayList<>();
    for (String name : STARTED) {
      Path file = Path.of("routes").resolve(name).toAbsolutePath();
      loaded.add(RouteFile.parse("routes/" + name, file.toString(), Files.readString(file)));
      write(name, shipped(name));
    }
    reloader =
        new RouteReloader(
            context,
            new RouteFolders(dir, dir.resolve("none"), BrokerKind.ARTEMIS),
            new RouteReplacement(context, Duration.ofSeconds(20)),
            files,
            loaded);
    settle();
  }

  @AfterEach
  void restore() throws IOException {
    for (String name : STARTED) {
      write(name, shipped(name));
    }
    settle();
    assertThat(files.snapshot().problems()).isEmpty();
  }

  @Test
  void allShippedRoutesCanBeBuiltOnTrial() throws IOException {
    Object mailbox = context.getRegistry().lookupByName("mailbox");

    assertThat(new RouteTrial(context).problems(shippedFiles(ACCEPT, ""))).isEmpty();

    assertThat(((org.apache.camel.Component) mailbox).getCamelContext())
        .satisfiesAnyOf(it -> assertThat(it).isNull(), it -> assertThat(it).isSameAs(context));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "outbound/send|sendPreparation|sendPreparaton",
        "outbound/send|uri: smtp:account|uri: smpt:account",
        "outbound/claim|pollStrategy: \"#claimPolling\"|pollStrategy: \"#claimPollin\"",
        "outbound/claim|uri: direct:outbound-send|uri: direct:outbound-sent",
        "inbound/deliver|markSeen: |markSeem: ",
        "inbound/deliver|routeConfigurationId: inbound-errors|routeConfigurationId: inbound-eror",
        "brokers/artemis/event/publish-send|{{byo.event.topic}}|{{byo.event.topik}}",
      })
  void mistakeInAShippedRouteIsFound(String name, String right, String wrong) throws IOException {
    String file = name + RouteFolders.SUFFIX;
    String text = shipped(file);
    String edited = text.replace(right, wrong);
    assertThat(edited).isNotEqualTo(text);

    List<RouteProblem> problems = new RouteTrial(context).problems(shippedFiles(file, edited));

    assertThat(problems).isNotEmpty();
    assertThat(problems.get(0).file()).isEqualTo("routes/" + file);
    assertThat(edited.lines().toList().get(problems.get(0).line() - 1)).contains(wrong);
  }

  @Test
  void submissionsAreTakenOnceWhileTheirRouteIsReplaced() throws Exception {
    String mark = UUID.randomUUID().toString();
    String from = sender(mark);
    JmsTemplate jms = new JmsTemplate(connections);
    Route before = context.getRoute("outbound-accept");

    for (int i = 0; i < 60; i++) {
      jms.convertAndSend(
          "email.outbound",
          "{\"id\":\"%s-%d\",\"from\":\"%s\",\"to\":\"ben@x.test\",\"body\":\"b\"}"
              .formatted(mark, i, from));
      if (i == 20) {
        write(ACCEPT, shipped(ACCEPT).replace("maxMessagesPerTask: 50", "maxMessagesPerTask: 49"));
        settle();
      }
      if (i == 40) {
        write(ACCEPT, shipped(ACCEPT).replace("acceptSubmission", "acceptSubmision"));
        settle();
      }
    }

    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                jdbc.sql("SELECT count(*) FROM outbound_submission WHERE submission_id LIKE :mark")
                    .param("mark", mark + "%")
                    .query(Integer.class)
                    .single(),
            count -> count == 60);
    assertThat(context.getRoute("outbound-accept")).isNotSameAs(before);
    assertThat(files.snapshot().problems().values())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.route()).isEqualTo("outbound-accept");
              assertThat(shipped(ACCEPT).lines().toList().get(problem.line() - 1))
                  .contains("acceptSubmission");
            });
  }

  @Test
  void versionsAndProblemsArePublished() throws Exception {
    write(ACCEPT, shipped(ACCEPT).replace("acceptSubmission", "acceptSubmision"));
    settle();

    versions.publish(files.snapshot());

    assertThat(versions.running())
        .filteredOn(each -> each.file().equals("routes/" + ACCEPT))
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.version()).isEqualTo(RouteFile.version(shipped(ACCEPT)));
              assertThat(each.problem()).isNotNull();
              assertThat(each.problem().reason()).contains("acceptSubmision");
            });
    assertThat(RouteVersions.drift(versions.running())).isEmpty();
  }

  @Test
  void nodeWithAnotherVersionIsSeenWhileItLives() throws Exception {
    versions.publish(files.snapshot());
    RouteVersion own = versions.running().get(0);
    jdbc.sql(
            "INSERT INTO route_file (node, file, version, published_at) VALUES ('other', :file,"
                + " 'abc', now())")
        .param("file", own.file())
        .update();
    assertThat(RouteVersions.drift(versions.running())).isEmpty();

    jdbc.sql("INSERT INTO sending_node (name, seen_at) VALUES ('other', statement_timestamp())")
        .update();

    try {
      assertThat(RouteVersions.drift(versions.running()))
          .contains(own.file())
          .hasSize(files.snapshot().versions().size());
    } finally {
      jdbc.sql("DELETE FROM sending_node WHERE name = 'other'").update();
      jdbc.sql("DELETE FROM route_file WHERE node = 'other'").update();
    }
  }

  private String sender(String mark) {
    String from = "ada-" + mark + "@example.org";
    var open = new ContactPolicy(ContactPolicy.Mode.OPEN, ContactPolicy.Mode.OPEN, List.of());
    endpoints.own(
        agents.create(new OrganizationId("gateways-org"), "Ada", open).id(),
        EmailAddress.parse(from),
        null);
    return from;
  }

  private List<RouteFile> shippedFiles(String edited, String text) throws IOException {
    List<RouteFile> all = new ArrayList<>();
    for (var each :
        new RouteFolders(Path.of("routes"), Path.of("none"), BrokerKind.ARTEMIS)
            .scan()
            .entrySet()) {
      boolean isEdited = each.getKey().equals("routes/" + edited) && !text.isEmpty();
      all.add(
          RouteFile.parse(
              each.getKey(),
              each.getValue().path().toString(),
              isEdited ? text : RouteFolders.read(each.getValue().path())));
    }
    assertThat(all).hasSizeGreaterThan(10);
    return all;
  }

  private static String shipped(String name) throws IOException {
    return Files.readString(Path.of("routes").resolve(name));
  }

  private void write(String name, String text) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void settle() {
    for (int i = 0; i < 3; i++) {
      reloader.look();
    }
  }
}
