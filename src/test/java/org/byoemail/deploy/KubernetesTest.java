package org.byoemail.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.byoemail.deploy.Manifests.at;
import static org.byoemail.deploy.Manifests.string;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What the manifests and the chart say is what the program and its image need. */
class KubernetesTest {
  private static final Path CHART = Path.of("deploy/helm/byo-email");

  @SuppressWarnings("unchecked")
  private static Map<String, Object> values() {
    return (Map<String, Object>) new Yaml().load(Manifests.read(CHART.resolve("values.yaml")));
  }

  private static Manifests chart(Map<String, Object> values) {
    return Manifests.of(HelmTemplates.render(CHART, values, "byo-email"));
  }

  static Stream<Manifests> both() {
    return Stream.of(Manifests.base(), chart(values()));
  }

  @ParameterizedTest
  @MethodSource("both")
  void nodeIsReplacedOnlyByOneThatIsReady(Manifests manifests) {
    Map<String, Object> deployment = manifests.get("Deployment/byo-email");

    assertThat(at(deployment, "spec", "strategy", "rollingUpdate"))
        .isEqualTo(Map.of("maxSurge", 1, "maxUnavailable", 0));
    assertThat(at(deployment, "spec", "replicas")).isEqualTo(2);
    assertThat(at(manifests.get("PodDisruptionBudget/byo-email"), "spec", "maxUnavailable"))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("both")
  void routesHaveTimeToFinishBeforeTheProcessIsKilled(Manifests manifests) throws IOException {
    Map<String, Object> pod = manifests.pod("byo-email");
    Object container = at(pod, "containers", 0);
    int routes =
        (Integer)
            at(
                new Yaml().load(Files.readString(Path.of("src/main/resources/application.yaml"))),
                "camel",
                "main",
                "shutdown-timeout");

    int before = Integer.parseInt(string(container, "lifecycle", "preStop", "exec", "command", 1));

    assertThat((Integer) pod.get("terminationGracePeriodSeconds"))
        .isGreaterThanOrEqualTo(before + routes + 15);
  }

  @ParameterizedTest
  @MethodSource("both")
  void manifestsSayWhoseForwardedAddressesAreBelieved(Manifests manifests) {
    Pattern believed =
        Pattern.compile(
            string(
                manifests.get("ConfigMap/byo-email"),
                "data",
                "SERVER_TOMCAT_REMOTEIP_INTERNAL_PROXIES"));

    assertThat(List.of("10.1.2.3", "172.31.255.1", "192.168.16.1"))
        .allMatch(address -> believed.matcher(address).matches());
    assertThat(List.of("8.8.8.8", "172.32.0.1", "110.1.2.3", "127.0.0.1"))
        .noneMatch(address -> believed.matcher(address).matches());
  }

  @ParameterizedTest
  @MethodSource("both")
  void podHasNoMoreRightsThanItNeeds(Manifests manifests) {
    Map<String, Object> pod = manifests.pod("byo-email");
    Object container = at(pod, "containers", 0);

    assertThat(pod)
        .containsEntry("enableServiceLinks", false)
        .containsEntry("automountServiceAccountToken", false);
    assertThat(at(pod, "securityContext", "runAsNonRoot")).isEqualTo(true);
    assertThat(at(container, "securityContext"))
        .isEqualTo(
            Map.of(
                "allowPrivilegeEscalation", false,
                "readOnlyRootFilesystem", true,
                "capabilities", Map.of("drop", List.of("ALL"))));
    assertThat(Manifests.read(Path.of("Dockerfile")))
        .contains("--uid " + at(pod, "securityContext", "runAsUser"));
    assertThat(manifests.mounts("byo-email"))
        .containsEntry(manifests.environment("byo-email").get("BYO_DATA_DIR"), true)
        .containsEntry("/tmp", true)
        .containsEntry("/run/secrets/byo-email", false);
  }

  @ParameterizedTest
  @MethodSource("both")
  void secretsAreFilesOnly(Manifests manifests) {
    Map<String, String> environment = manifests.environment("byo-email");

    assertThat(environment.keySet())
        .contains(
            "BYO_SECRET_KEYSET_FILE", "BYO_API_ADMIN_KEY_FILE", "SPRING_DATASOURCE_PASSWORD_FILE")
        .noneMatch(name -> name.matches(".*(PASSWORD|SECRET|KEYSET|TOKEN|_KEY|REDIS_URL)"));
    assertThat(environment.entrySet())
        .filteredOn(each -> each.getKey().endsWith("_FILE"))
        .allSatisfy(
            each ->
                assertThat(each.getValue())
                    .startsWith(
                        each.getKey().equals("BYO_EMAIL_FLAG_FILE")
                            ? "/etc/byo-email/"
                            : "/run/secrets/byo-email/"));
  }

  @ParameterizedTest
  @MethodSource("both")
  void probesAskPathsThatAreOpen(Manifests manifests) {
    Object container = at(manifests.pod("byo-email"), "containers", 0);

    assertThat(string(container, "livenessProbe", "httpGet", "path"))
        .isEqualTo(string(container, "startupProbe", "httpGet", "path"))
        .isEqualTo("/actuator/health/liveness");
    assertThat(string(container, "readinessProbe", "httpGet", "path"))
        .isEqualTo("/actuator/health/readiness");
  }

  @ParameterizedTest
  @MethodSource("both")
  void everyReferenceIsResolved(Manifests manifests) {
    Map<String, Object> pod = manifests.pod("byo-email");
    Set<String> volumes = new TreeSet<>();
    for (Object volume : (List<?>) pod.get("volumes")) {
      volumes.add(string(volume, "name"));
      Object claim = at(volume, "persistentVolumeClaim");
      Object map = at(volume, "configMap");
      if (claim != null) {
        manifests.get("PersistentVolumeClaim/" + at(claim, "claimName"));
      }
      if (map != null) {
        manifests.get("ConfigMap/" + at(map, "name"));
      }
    }
    for (Object mount : (List<?>) at(pod, "containers", 0, "volumeMounts")) {
      assertThat(volumes).contains(string(mount, "name"));
    }
    manifests.get("ServiceAccount/" + pod.get("serviceAccountName"));
    Object labels =
        at(manifests.get("Deployment/byo-email"), "spec", "template", "metadata", "labels");
    for (String selected : List.of("Service", "PodDisruptionBudget", "NetworkPolicy")) {
      Object selector =
          at(
              manifests.get(selected + "/byo-email"),
              "spec",
              selected.equals("NetworkPolicy") ? "podSelector" : "selector");
      assertThat(selected.equals("Service") ? selector : at(selector, "matchLabels"))
          .isEqualTo(labels);
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void mailPortsAreOpenToTheInternetAndNotToTheCluster(Manifests manifests) {
    List<?> egress = (List<?>) at(manifests.get("NetworkPolicy/byo-email"), "spec", "egress");
    Object internet = egress.get(2);

    assertThat(((List<?>) at(internet, "ports")).stream().map(port -> at(port, "port")))
        .containsExactlyInAnyOrder(25, 465, 587, 143, 993, 443);
    assertThat((List<?>) at(internet, "to", 0, "ipBlock", "except"))
        .map(Object::toString)
        .contains("10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16");
  }

  @ParameterizedTest
  @MethodSource("both")
  void everyFieldIsKnownToKubernetesAndOfItsType(Manifests manifests) {
    assertThat(manifests.all()).hasSizeGreaterThan(7).allSatisfy(KubernetesSchema::check);
  }

  @Test
  void autoscalerBesideTheManifestsIsOneOfKubernetes() {
    Manifests autoscaling =
        Manifests.of(
            List.of(Manifests.read(Manifests.KUBERNETES.resolve("autoscaling/autoscaler.yaml"))));

    assertThat(autoscaling.all()).isNotEmpty().allSatisfy(KubernetesSchema::check);
  }

  /** All that the chart's switches can be set to, together. */
  @Test
  void chartIsOneOfKubernetesHoweverItsValuesAreSet() {
    List<String> switches = List.of("autoscaling", "content", "networkPolicy", "rollout");
    for (int set = 0; set < 1 << switches.size() + 1; set++) {
      Map<String, Object> values = values();
      for (String name : switches) {
        section(values, name)
            .put(
                name.equals("content") ? "persistent" : "enabled",
                (set >> switches.indexOf(name) & 1) == 1);
      }
      section(values, "content")
          .put("storageClassName", (set >> switches.size()) == 1 ? "nfs" : "");

      Manifests chart = chart(values);

      assertThat(chart.all()).as("values " + values).allSatisfy(KubernetesSchema::check);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> section(Map<String, Object> values, String name) {
    return (Map<String, Object>) values.get(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas: 2 | replica: 2 | replica",
        "replicas: 2 | replicas: '2' | replicas",
        "maxSurge: 1 | maxSurges: 1 | maxSurges",
        "readinessProbe: | readynessProbe: | readynessProbe",
        "terminationGracePeriodSeconds: 90 | terminationGracePeriodSeconds: 90s | terminationGracePeriodSeconds",
        "enableServiceLinks: false | enableServiceLinks: 'no' | enableServiceLinks",
        "name: BYO_DATA_DIR | name: 7 | name",
        "apiVersion: apps/v1 | apiVersion: apps/v1beta1 | apps/v1beta1",
        "kind: Deployment | kind: Deploiment | Deploiment",
      })
  void misspeltFieldsAndWrongTypesAreFound(String good, String bad, String named) {
    String deployment = Manifests.read(Manifests.KUBERNETES.resolve("base/deployment.yaml"));
    assertThat(deployment).contains(good);
    Manifests wrong = Manifests.of(List.of(deployment.replace(good, bad)));

    assertThatThrownBy(() -> wrong.all().forEach(KubernetesSchema::check))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }

  @Test
  void chartHasTheResourcesOfTheManifests() {
    assertThat(chart(values()).names()).isEqualTo(Manifests.base().names());
    assertThat(chart(values()).environment("byo-email"))
        .isEqualTo(Manifests.base().environment("byo-email"));
  }

  @Test
  @SuppressWarnings("unchecked")
  void chartScalesOnTheQueueAgeAndGoesWithoutAVolume() {
    Map<String, Object> values = new LinkedHashMap<>(values());
    ((Map<String, Object>) values.get("autoscaling")).put("enabled", true);
    ((Map<String, Object>) values.get("content")).put("persistent", false);
    ((Map<String, Object>) values.get("networkPolicy")).put("enabled", false);

    Manifests chart = chart(values);

    Object external =
        at(chart.get("HorizontalPodAutoscaler/byo-email"), "spec", "metrics", 0, "external");
    assertThat(at(external, "target")).isEqualTo(Map.of("type", "Value", "value", "30"));
    assertThat(Manifests.read(Path.of("deploy/prometheus/rules.yml")))
        .contains(string(external, "metric", "name"));
    assertThat(at(chart.get("Deployment/byo-email"), "spec", "replicas")).isNull();
    assertThat(chart.names())
        .noneMatch(
            name -> name.startsWith("PersistentVolumeClaim") || name.startsWith("NetworkPolicy"));
  }

  /** Where there is a kubectl, as kustomize itself renders it. */
  @Test
  void overlayIsRendered() throws Exception {
    Path kubectl = Path.of("/usr/bin/kubectl");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.isExecutable(kubectl), "there is no kubectl");
    Process process =
        new ProcessBuilder(
                kubectl.toString(),
                "kustomize",
                Manifests.KUBERNETES.resolve("overlays/s3").toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String rendered =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

    Manifests overlay = Manifests.of(List.of(rendered));

    assertThat(overlay.all()).allSatisfy(KubernetesSchema::check);
    assertThat(overlay.names())
        .contains("HorizontalPodAutoscaler/byo-email")
        .noneMatch(name -> name.startsWith("PersistentVolumeClaim"));
    assertThat(overlay.environment("byo-email"))
        .containsEntry("BYO_CONTENT_STORE", "s3")
        .containsEntry("BYO_CONTENT_S3_SECRET_KEY_FILE", "/run/secrets/byo-email/s3-secret-key");
    assertThat(at(overlay.get("Deployment/byo-email"), "spec", "replicas")).isNull();
  }
}
