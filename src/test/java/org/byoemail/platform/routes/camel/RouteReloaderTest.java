package org.byoemail.platform.routes.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ServiceStatus;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.RoutePolicySupport;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.routes.LoadedRouteFiles;
import org.byoemail.platform.routes.RouteProblem;
import org.byoemail.platform.routes.RoutesTestFiles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that change below a context that runs. */
class RouteReloaderTest {
  private static final String HELLO =
      """
      - route:
          id: greet
          routeConfigurationId: plain
          from:
            uri: direct:greet
            steps:
              - bean:
                  ref: words
                  method: hello(${body})
              - to:
                  uri: direct:tail
      """;
  private static final String TAIL =
      """
      - route:
          id: tail
          from:
            uri: direct:tail
            steps:
              - setHeader:
                  name: seen
                  constant: tail
      """;
  private static final String CONFIGURATION =
      """
      - routeConfiguration:
          id: plain
          onException:
            - onException:
                exception: [java.lang.IllegalStateException]
                handled:
                  constant: "true"
                steps:
                  - setBody:
                      constant: handled
      """;

  @TempDir Path dir;

  private final LoadedRouteFiles files = RoutesTestFiles.create(new SimpleMeterRegistry());
  private final Words words = new Words();
  private final Once once = new Once();
  private CamelContext context;
  private RouteReloader reloader;

  /** What routes call. */
  public static final class Words {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    public String hello(String who) {
      return "hello " + who;
    }

    public String bye(String who) {
      return "bye " + who;
    }

    public String fail(String who) {
      throw new IllegalStateException(who);
    }

    public String slow(String who) throws InterruptedException {
      entered.countDown();
      if (!released.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("was not released");
      }
      return "slow " + who;
    }
  }

  /** A component that is a bean, whose consumers notice when they start and stop. */
  private static final class Once extends DefaultComponent {
    private int started;
    private int stopped;
    private boolean refuses;

    @Override
    protected Endpoint createEndpoint(String uri, String rest, Map<String, Object> parameters) {
      return new DefaultEndpoint(uri, this) {
        @Override
        public org.apache.camel.Producer createProducer() {
          throw new UnsupportedOperationException();
        }

        @Override
        public Consumer createConsumer(Processor processor) {
          return new DefaultConsumer(this, processor) {
            @Override
            protected void doStart() throws Exception {
              if (refuses) {
                throw new IOException("the server is away");
              }
              started++;
              super.doStart();
            }

            @Override
            protected void doStop() throws Exception {
              stopped++;
              super.doStop();
            }
          };
        }
      };
    }
  }

  /** A policy that lives as long as the running routes. */
  private static final class Guard extends RoutePolicySupport {}

  private final Guard guard = new Guard();

  @BeforeEach
  void start() throws Exception {
    context = new DefaultCamelContext();
    context.getRegistry().bind("words", words);
    context.getRegistry().bind("once", once);
    context.getRegistry().bind("guard", guard);
    context.getPropertiesComponent().addInitialProperty("tick", "60000");
    write("a/greet", HELLO);
    write("a/tail", TAIL);
    write("errors", CONFIGURATION);
    context.start();
    reloader = reloader(Duration.ofSeconds(5));
    settle();
    assertThat(files.snapshot().problems()).isEmpty();
    assertThat(ask()).isEqualTo("hello you");
  }

  @AfterEach
  void stop() {
    words.released.countDown();
    context.stop();
  }

  @Test
  void changedRouteReplacesTheOldOne() throws Exception {
    write("a/greet", HELLO.replace("hello(", "bye("));
    settle();

    assertThat(ask()).isEqualTo("bye you");
    assertThat(files.snapshot().versions())
        .containsEntry(
            "routes/a/greet.camel.yaml", RouteFile.version(HELLO.replace("hello(", "bye(")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ref: words|ref: wrods|8|wrods",
        "method: hello(|method: helo(|9|helo",
        "uri: direct:tail|uri: direct:tale|11|no route consumes direct:tale",
        "uri: direct:tail|uri: nothing:tail|11|nothing",
        "uri: direct:tail|uri: \"direct:{{nowhere}}\"|11|nowhere",
        "uri: direct:tail|uri: timer:tail?repeatCuont=1|11|repeatCuont",
        "routeConfigurationId: plain|routeConfigurationId: palin|3|palin",
        "ref: words|beanType: own.Words|8|ClassNotFoundException: own.Words",
        "id: greet|id: tail|2|duplicate id",
        "steps:|stepps:|6|stepps",
      })
  void mistakeLeavesTheOldRouteRunningAndIsNamed(String right, String wrong, int line, String word)
      throws Exception {
    write("a/greet", HELLO.replace(right, wrong));
    settle();

    assertThat(ask()).isEqualTo("hello you");
    RouteProblem problem = onlyProblem();
    assertThat(problem.file()).isEqualTo("routes/a/greet.camel.yaml");
    assertThat(problem.reason()).contains(word);
    assertThat(problem.line()).isEqualTo(line);

    write("a/greet", HELLO.replace("hello(", "bye("));
    settle();

    assertThat(files.snapshot().problems()).isEmpty();
    assertThat(ask()).isEqualTo("bye you");
  }

  @Test
  void fileWithOneBrokenRouteOfTwoChangesNothing() throws Exception {
    write(
        "a/greet",
        HELLO.replace("hello(", "bye(")
            + TAIL.replace("tail", "other").replace("setHeader", "setHaeder"));
    settle();

    assertThat(ask()).isEqualTo("hello you");
    assertThat(context.getRoute("other")).isNull();
    assertThat(onlyProblem().file()).isEqualTo("routes/a/greet.camel.yaml");
  }

  @Test
  void goodFileIsTakenBesideABrokenOne() throws Exception {
    write("a/greet", HELLO.replace("hello(", "bye("));
    write("b/late", TAIL.replace("tail", "late").replace("direct:late", "direct:late?what=1"));
    settle();

    assertThat(ask()).isEqualTo("bye you");
    assertThat(onlyProblem().file()).isEqualTo("routes/b/late.camel.yaml");
  }

  @Test
  void halfCopiedFileIsWaitedFor() throws Exception {
    String fresh = HELLO.replace("hello(", "bye(");
    write("a/greet", fresh.substring(0, fresh.indexOf("words")));
    reloader.look();
    write("a/greet", fresh.substring(0, fresh.indexOf("bye")) + "\"by");
    reloader.look();
    reloader.look();
    reloader.look();

    assertThat(files.snapshot().problems()).isEmpty();
    assertThat(ask()).isEqualTo("hello you");

    write("a/greet", fresh);
    settle();

    assertThat(ask()).isEqualTo("bye you");
  }

  @Test
  void fileThatStaysUnreadableIsBroken() throws Exception {
    write("a/greet", "- route: {");
    for (int i = 0; i < 10; i++) {
      reloader.look();
    }

    assertThat(onlyProblem().reason()).startsWith("no YAML");
    assertThat(ask()).isEqualTo("hello you");
  }

  @Test
  void changedConfigurationRebuildsItsRoutesOnly() throws Exception {
    write("a/greet", HELLO.replace("hello(", "fail("));
    settle();
    assertThat(ask()).isEqualTo("handled");
    org.apache.camel.Route tail = context.getRoute("tail");

    write("errors", CONFIGURATION.replace("constant: handled", "constant: otherwise"));
    settle();

    assertThat(ask()).isEqualTo("otherwise");
    assertThat(context.getRoute("tail")).isSameAs(tail);
  }

  @Test
  void configurationThatIsInUseCannotBeDeleted() throws Exception {
    Files.delete(file("errors"));
    settle();

    assertThat(onlyProblem().toString()).contains("routes/errors.camel.yaml", "plain", "greet");
    assertThat(ask()).isEqualTo("hello you");
  }

  @Test
  void deletedFileRemovesItsRoutes() throws Exception {
    Files.delete(file("a/greet"));
    settle();

    assertThat(context.getRoute("greet")).isNull();
    assertThat(files.snapshot().versions()).doesNotContainKey("routes/a/greet.camel.yaml");
    assertThat(files.snapshot().problems()).isEmpty();
  }

  @Test
  void fileWhoseRouteIsCalledCannotBeDeleted() throws Exception {
    Files.delete(file("a/tail"));
    settle();

    assertThat(onlyProblem().toString())
        .contains("routes/a/tail.camel.yaml", "direct:tail", "greet");
    assertThat(ask()).isEqualTo("hello you");
  }

  @Test
  void newFolderIsSeen() throws Exception {
    write("c/d/fresh", TAIL.replace("tail", "fresh"));
    settle();

    assertThat(status("fresh").isStarted()).isTrue();
  }

  @Test
  void hiddenFolderIsNot() throws Exception {
    write("..data/fresh", TAIL.replace("tail", "fresh"));
    settle();

    assertThat(context.getRoute("fresh")).isNull();
  }

  @Test
  void routeMovesToAnotherFile() throws Exception {
    Files.delete(file("a/tail"));
    write("b/tail", TAIL);
    settle();

    assertThat(files.snapshot().problems()).isEmpty();
    assertThat(ask()).isEqualTo("hello you");
    assertThat(files.snapshot().versions()).containsKey("routes/b/tail.camel.yaml");
  }

  @Test
  void routeThatIsFirstCopiedAndThenRemovedMovesToo() throws Exception {
    write("b/tail", TAIL);
    settle();
    assertThat(onlyProblem().file()).isEqualTo("routes/b/tail.camel.yaml");

    Files.delete(file("a/tail"));
    settle();

    assertThat(files.snapshot().problems()).isEmpty();
    assertThat(ask()).isEqualTo("hello you");
  }

  @Test
  void commentRestartsNothing() throws Exception {
    org.apache.camel.Route greet = context.getRoute("greet");

    write("a/greet", "# Greets.\n" + HELLO);
    settle();

    assertThat(context.getRoute("greet")).isSameAs(greet);
    assertThat(files.snapshot().versions())
        .containsEntry("routes/a/greet.camel.yaml", RouteFile.version("# Greets.\n" + HELLO));
  }

  @Test
  void earlierRouteStartsAgainIfTheNewOneDoesNot() throws Exception {
    write("a/greet", HELLO.replace("hello(", "bye(") + watching("twice"));
    once.refuses = true;
    settle();

    assertThat(ask()).isEqualTo("hello you");
    assertThat(onlyProblem().toString())
        .contains("routes/a/greet.camel.yaml:13", "route twice", "the server is away");

    once.refuses = false;
    Files.setLastModifiedTime(file("a/greet"), java.nio.file.attribute.FileTime.fromMillis(1));
    settle();

    assertThat(ask()).isEqualTo("bye you");
    assertThat(files.snapshot().problems()).isEmpty();
  }

  @Test
  void exchangeInFlightEndsInTheOldRoute() throws Exception {
    write("a/greet", HELLO.replace("hello(", "slow("));
    settle();
    Future<String> slow = CompletableFuture.supplyAsync(this::ask);
    assertThat(words.entered.await(10, TimeUnit.SECONDS)).isTrue();

    write("a/greet", HELLO.replace("hello(", "bye("));
    Future<?> reload = CompletableFuture.runAsync(this::settle);
    words.released.countDown();

    assertThat(slow.get(10, TimeUnit.SECONDS)).isEqualTo("slow you");
    reload.get(20, TimeUnit.SECONDS);
    assertThat(ask()).isEqualTo("bye you");
  }

  @Test
  void routeThatStaysBusyIsNotCutOff() throws Exception {
    write("a/greet", HELLO.replace("hello(", "slow("));
    settle();
    Future<String> slow = CompletableFuture.supplyAsync(this::ask);
    assertThat(words.entered.await(10, TimeUnit.SECONDS)).isTrue();
    reloader = reloader(Duration.ofSeconds(1));

    write("a/greet", HELLO.replace("hello(", "bye("));
    settle();

    assertThat(onlyProblem().reason()).contains("in flight");
    words.released.countDown();
    assertThat(slow.get(10, TimeUnit.SECONDS)).isEqualTo("slow you");
    assertThat(ask()).isEqualTo("slow you");
    for (int i = 0; i < 70; i++) {
      reloader.look();
    }
    assertThat(ask()).isEqualTo("bye you");
    assertThat(files.snapshot().problems()).isEmpty();
  }

  @Test
  void trialNeitherStartsNorStopsWhatRuns() throws Exception {
    write("a/watch", watching("watch"));
    settle();
    assertThat(List.of(once.started, once.stopped)).containsExactly(1, 0);

    write("a/greet", HELLO.replace("hello(", "bye("));
    settle();

    assertThat(List.of(once.started, once.stopped)).containsExactly(1, 0);
    assertThat(once.getCamelContext()).isSameAs(context);
    assertThat(guard.getStatus().isStarted()).isTrue();

    write("a/watch", watching("watch") + "        - log:\n            message: seen\n");
    settle();

    assertThat(List.of(once.started, once.stopped)).containsExactly(2, 1);
    assertThat(guard.getStatus().isStarted()).isTrue();
  }

  @Test
  void stoppedRouteStaysStopped() throws Exception {
    context.getRouteController().stopRoute("greet");

    write("a/greet", HELLO.replace("hello(", "bye("));
    settle();

    assertThat(status("greet").isStarted()).isFalse();
    context.getRouteController().startRoute("greet");
    assertThat(ask()).isEqualTo("bye you");
  }

  @Test
  void suspendedRouteTakesNothingAfterAReload() throws Exception {
    context.getRouteController().suspendRoute("greet");

    write("a/greet", HELLO.replace("hello(", "bye("));
    settle();

    assertThat(status("greet").isStarted()).isFalse();
    context.getRouteController().startRoute("greet");
    assertThat(ask()).isEqualTo("bye you");
  }

  @Test
  void routeThatCouldNotStartAgainDoesSoLater() throws Exception {
    write("a/watch", watching("watch"));
    settle();
    once.refuses = true;
    write("a/watch", watching("watch") + "        - log:\n            message: seen\n");
    settle();
    assertThat(status("watch").isStarted()).isFalse();

    once.refuses = false;
    for (int i = 0; i < 70; i++) {
      reloader.look();
    }

    assertThat(status("watch").isStarted()).isTrue();
    assertThat(files.snapshot().problems()).isEmpty();
  }

  private static String watching(String id) {
    return """
    - route:
        id: %1$s
        routePolicy: guard
        from:
          uri: once:%1$s
          steps:
            - log:
                message: seen
    """
        .formatted(id);
  }

  private RouteReloader reloader(Duration drainTimeout) {
    return new RouteReloader(
        context,
        new RouteFolders(dir.resolve("routes"), dir.resolve("own"), BrokerKind.ARTEMIS),
        new RouteReplacement(context, drainTimeout),
        files,
        reloader == null ? List.of() : reloader.running());
  }

  private void settle() {
    for (int i = 0; i < 3; i++) {
      reloader.look();
    }
  }

  private RouteProblem onlyProblem() {
    assertThat(files.snapshot().problems()).hasSize(1);
    return files.snapshot().problems().values().iterator().next();
  }

  private String ask() {
    Exchange answer =
        context
            .createFluentProducerTemplate()
            .to("direct:greet")
            .withBody("you")
            .request(Exchange.class);
    if (answer.getException() != null) {
      throw new IllegalStateException(answer.getException());
    }
    return answer.getMessage().getBody(String.class);
  }

  private ServiceStatus status(String route) {
    return context.getRouteController().getRouteStatus(route);
  }

  private Path file(String name) {
    return dir.resolve("routes").resolve(name + ".camel.yaml");
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(file(name).getParent());
    Files.writeString(file(name), text);
  }
}
