package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The program as its users run it: in a process of its own, with everything embedded, from the jar
 * or from the jar taken apart. It ends with this JVM.
 */
public final class GatewayProcess implements AutoCloseable {
  public static final String ADMIN_KEY = "test-admin-key-0123456789abcdef";
  public static final String PRODUCER_PASSWORD = "test-producer-0123456789";

  /** The system property that names further options of the JVM, with spaces between them. */
  private static final String OPTION = "byo.test.gateway-option";

  /** The system property that has gateways start from the jar taken apart. */
  private static final String EXTRACTED = "byo.test.extracted";

  private static final Duration READY_WITHIN = Duration.ofSeconds(240);
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(60);

  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  /** One for all: each has threads, and reads the certificates of the JVM. */
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path dir;
  private final Map<String, String> environment = new HashMap<>();
  private final int httpPort = FreePorts.next();
  private final int amqpPort = FreePorts.next();
  private final int stompPort = FreePorts.next();
  private String heap = "-Xmx768m";
  private Path java = JAVA_HOME;
  private Path folder;
  private List<String> jar;
  private volatile Process process;
  private int starts;

  /**
   * @param dir where its data and logs go
   * @param settings environment variables beyond those that every test needs
   */
  public GatewayProcess(Path dir, Map<String, String> settings) {
    this.dir = dir;
    fromJar();
    environment.put("BYO_DATA_DIR", dir.resolve("data").toString());
    environment.put("SERVER_PORT", String.valueOf(httpPort));
    environment.put("BYO_BROKER_AMQP_PORT", String.valueOf(amqpPort));
    environment.put("BYO_BROKER_STOMP_PORT", String.valueOf(stompPort));
    environment.put("BYO_BROKER_PRODUCER_PASSWORD", PRODUCER_PASSWORD);
    environment.put("BYO_API_ADMIN_KEY", ADMIN_KEY);
    environment.put("BYO_DEMO_ENABLED", "false");
    if (ProgramUnderTest.isAnother()) {
      environment.put("BYO_ROUTES_DIR", ProgramUnderTest.routes().toString());
    }
    environment.putAll(settings);
    if (Boolean.getBoolean(EXTRACTED)) {
      extracted();
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::killIfAlive));
  }

  /** A node beside others, over services that they share. */
  public GatewayProcess(Path dir, Services services, Map<String, String> settings) {
    this(dir, services.with(settings));
  }

  /** How much heap its next start has, as an option of the JVM. */
  public GatewayProcess heap(String option) {
    heap = option;
    return this;
  }

  /** Removes a variable that tests set otherwise. */
  public GatewayProcess without(String variable) {
    environment.remove(variable);
    return this;
  }

  /** Sets an environment variable for its next starts. */
  public GatewayProcess setting(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Its next starts are those of another jar. */
  public GatewayProcess jar(Path other) {
    jar = List.of("-jar", other.toString());
    return this;
  }

  /** By which JDK it runs. */
  public GatewayProcess java(Path home) {
    java = home;
    return this;
  }

  /**
   * Takes the jar apart with {@code deploy/extract.sh}.
   *
   * @param folder is made and holds the result
   */
  public static Path extract(Path folder) {
    Command.run(
        List.of("deploy/extract.sh", ProgramUnderTest.jar().toString(), folder.toString()),
        Map.of("JAVA_HOME", JAVA_HOME.toString()));
    return folder;
  }

  /** Its next starts are those of the jar itself. */
  public GatewayProcess fromJar() {
    folder = Path.of("").toAbsolutePath();
    jar = List.of("-jar", ProgramUnderTest.jar().toString());
    return this;
  }

  /** Its next starts are those of the jar that all tests share, taken apart. */
  public GatewayProcess extracted(String... options) {
    return extracted(ExtractedProgram.folder(), options);
  }

  /** Its next starts are those of the jar that was taken apart, with its archive of classes. */
  public GatewayProcess extracted(Path extracted, String... options) {
    environment.putIfAbsent("BYO_ROUTES_DIR", ProgramUnderTest.routes().toString());
    folder = extracted;
    jar = new ArrayList<>(List.of(options));
    jar.addAll(List.of("-XX:SharedArchiveFile=byo-email.jsa", "-jar", "byo-email.jar"));
    return this;
  }

  /** What the build has the JVMs of programs under test run with. */
  static List<String> options() {
    return List.of(System.getProperty(OPTION, "").strip().split("\\s+")).stream()
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /** Starts it and waits until it is ready. */
  public void start() {
    try {
      Files.createDirectories(dir);
      if (startsExtracted()) {
        ExtractedProgram.lendServers(bin());
      }
      List<String> words = new ArrayList<>(List.of(java.resolve("bin/java").toString(), heap));
      words.addAll(options());
      words.addAll(jar);
      ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
      builder.environment().putAll(environment);
      starts++;
      builder.redirectErrorStream(true);
      builder.redirectOutput(log().toFile());
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      Awaitility.await("ready; see " + log())
          .atMost(READY_WITHIN)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                if (!process.isAlive()) {
                  throw new IllegalStateException(
                      "the gateway ended with " + process.exitValue() + "; see " + log());
                }
                return isReady();
              });
      if (startsExtracted()) {
        ExtractedProgram.keepServers(bin());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      killIfAlive();
      throw e;
    }
  }

  /** Of the jar that all tests share; any other start unpacks its servers itself. */
  private boolean startsExtracted() {
    return folder.equals(ExtractedProgram.path());
  }

  private Path bin() {
    return Path.of(environment.get("BYO_DATA_DIR"), "bin");
  }

  /** SIGKILL: no hook, no handler, nothing is said goodbye to. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  private void killIfAlive() {
    if (isAlive()) {
      kill();
    }
  }

  /** SIGTERM: it drains and stops its embedded parts. */
  public void stop() {
    process.destroy();
    awaitEnd();
  }

  /** SIGSTOP: it stands still and knows nothing of it. */
  public void freeze() {
    Signals.send("STOP", process.pid());
  }

  /** SIGCONT: it goes on as if no time had passed. */
  public void thaw() {
    Signals.send("CONT", process.pid());
  }

  /** Its process, to measure it by. */
  public long pid() {
    return process.pid();
  }

  /** Where console, API and metrics are. */
  public int httpPort() {
    return httpPort;
  }

  /** What its threads do at this moment. */
  public String threads() {
    return Command.run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            String.valueOf(pid()),
            "Thread.print"));
  }

  /** Its metrics, as Prometheus reads them. */
  public List<String> metrics() {
    return new ApiClient("http://127.0.0.1:" + httpPort, ADMIN_KEY)
        .text("/actuator/prometheus")
        .lines()
        .toList();
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  public ApiClient api() {
    return new ApiClient("http://127.0.0.1:" + httpPort, ADMIN_KEY);
  }

  public int amqpPort() {
    return amqpPort;
  }

  public int stompPort() {
    return stompPort;
  }

  /** What it wrote in all its starts. */
  public String output() {
    StringBuilder all = new StringBuilder();
    try {
      for (int i = 0; i <= starts; i++) {
        Path file = dir.resolve("gateway-" + i + ".log");
        all.append(Files.exists(file) ? Files.readString(file) : "");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toString();
  }

  /** What it wrote since its last start. */
  public String outputOfLastStart() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (isAlive()) {
      thaw();
      stop();
    }
  }

  private Path log() {
    return dir.resolve("gateway-" + starts + ".log");
  }

  private boolean isReady() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + httpPort + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(2))
            .build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException e) {
      return false; // Not listening yet.
    }
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "the gateway did not stop within " + STOPPED_WITHIN + "; see " + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the gateway stopped", e);
    }
  }
}
