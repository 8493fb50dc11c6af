package org.byoemail.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The resources of Kubernetes in {@code deploy}, as maps. */
@SuppressWarnings("unchecked")
final class Manifests {
  static final Path KUBERNETES = Path.of("deploy/kubernetes");

  private final Map<String, Map<String, Object>> resources = new TreeMap<>();

  private Manifests() {}

  /** The resources of files, by kind and name. */
  static Manifests of(List<String> documents) {
    Manifests manifests = new Manifests();
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    for (String document : documents) {
      StreamSupport.stream(
              new Yaml(new SafeConstructor(options)).loadAll(document).spliterator(), false)
          .filter(Objects::nonNull)
          .map(each -> (Map<String, Object>) each)
          .forEach(
              each ->
                  manifests.resources.put(
                      each.get("kind") + "/" + string(each, "metadata", "name"), each));
    }
    return manifests;
  }

  /** The base of kustomize: its resources need no rendering. */
  static Manifests base() {
    Map<String, Object> kustomization =
        (Map<String, Object>) new Yaml().load(read(KUBERNETES.resolve("base/kustomization.yaml")));
    return of(
        ((List<String>) kustomization.get("resources"))
            .stream().map(file -> read(KUBERNETES.resolve("base").resolve(file))).toList());
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> names() {
    return List.copyOf(resources.keySet());
  }

  List<Map<String, Object>> all() {
    return List.copyOf(resources.values());
  }

  Map<String, Object> get(String name) {
    return Objects.requireNonNull(resources.get(name), () -> name + " of " + names());
  }

  /** What is at a path; numbers are places in lists. */
  static Object at(Object start, Object... path) {
    Object now = start;
    for (Object step : path) {
      now =
          step instanceof Integer place
              ? ((List<Object>) now).get(place)
              : ((Map<String, Object>) now).get(step);
    }
    return now;
  }

  static String string(Object start, Object... path) {
    return String.valueOf(at(start, path));
  }

  /** The pod of the gateway. */
  Map<String, Object> pod(String deployment) {
    return (Map<String, Object>) at(get("Deployment/" + deployment), "spec", "template", "spec");
  }

  /** The environment of the container; what Kubernetes fills in is the name of the field. */
  Map<String, String> environment(String deployment) {
    Map<String, String> environment = new LinkedHashMap<>();
    Map<String, Object> container = (Map<String, Object>) at(pod(deployment), "containers", 0);
    for (Object each : (List<Object>) container.get("envFrom")) {
      Map<String, Object> data =
          (Map<String, Object>) get("ConfigMap/" + at(each, "configMapRef", "name")).get("data");
      data.forEach((name, value) -> environment.put(name, String.valueOf(value)));
    }
    for (Object each : (List<Object>) container.get("env")) {
      Object value = at(each, "value");
      environment.put(
          string(each, "name"),
          value == null ? string(each, "valueFrom", "fieldRef", "fieldPath") : value.toString());
    }
    return environment;
  }

  /** The folders that are mounted, with whether they can be written. */
  Map<String, Boolean> mounts(String deployment) {
    Map<String, Boolean> mounts = new LinkedHashMap<>();
    for (Object each : (List<Object>) at(pod(deployment), "containers", 0, "volumeMounts")) {
      mounts.put(string(each, "mountPath"), !Boolean.TRUE.equals(at(each, "readOnly")));
    }
    return mounts;
  }

  /** The texts of files in a folder. */
  static List<String> texts(Path folder) {
    try (var files = Files.list(folder)) {
      List<String> texts = new ArrayList<>();
      files.sorted().forEach(file -> texts.add(read(file)));
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
