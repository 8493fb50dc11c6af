package org.byoemail.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;

/** What the files for Prometheus and Grafana say, and what their expressions ask for. */
final class MonitoringFiles {
  private static final Path DEPLOY = Path.of("deploy");

  private static final Pattern DURATION = Pattern.compile("(\\[|for: )(\\d+)([mh])(]|\\n)");
  private static final Pattern SECONDS = Pattern.compile("(seconds\\)? > )(\\d+)");
  private static final ObjectMapper TREES = new ObjectMapper();
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:byo|email|disk|hikaricp|http|jvm|process)_[a-z0-9_]+");
  private static final Pattern RECORDED = Pattern.compile("\\bbyo:[a-z0-9_:]+");
  private static final Pattern LABELS =
      Pattern.compile("\\bby \\(([a-z_, ]+)\\)|\\b([a-z_]+)=~?\"|\\{\\{([a-z_]+)}}");

  private static final Pattern SELECTED =
      Pattern.compile("\\b([a-z]+)=(?:\"([^\"]*)\"|~\"([^\"]*)\")");
  private static final Pattern ALTERNATIVES =
      Pattern.compile("([a-z0-9_]+)\\(([a-z0-9_|]+)\\)([a-z0-9_]+)");

  /** Those that Prometheus adds by itself. */
  private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job", "__name__");

  private MonitoringFiles() {}

  /** A file, in YAML or JSON, below the folder {@code deploy}. */
  static JsonNode read(String file) {
    try {
      return TREES.valueToTree(new Yaml().load(Files.readString(DEPLOY.resolve(file))));
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  /**
   * A question to Prometheus.
   *
   * @param legend how Grafana names each answer, by their labels; may be empty
   */
  record Query(String expression, String legend) {
    /** What it asks for; each of several where it names them by a pattern. */
    Set<String> metrics() {
      return find(
          METRIC,
          ALTERNATIVES
              .matcher(expression)
              .replaceAll(
                  names ->
                      Stream.of(names.group(2).split("\\|"))
                          .map(name -> names.group(1) + name + names.group(3))
                          .collect(Collectors.joining(" "))));
    }

    /** What it asks of the rules. */
    Set<String> recorded() {
      return find(RECORDED, expression);
    }

    /** The labels that it asks for, those left out that Prometheus adds. */
    Set<String> labels() {
      Set<String> labels = find(LABELS, expression + " " + legend);
      labels.removeAll(OF_PROMETHEUS);
      return labels;
    }

    /** The values of labels that it selects, such as {@code kind="failed"}. */
    Set<String> selected() {
      Set<String> selected = new TreeSet<>();
      Matcher matcher = SELECTED.matcher(expression);
      while (matcher.find()) {
        if (!OF_PROMETHEUS.contains(matcher.group(1))) {
          String values = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
          for (String value : values.split("\\|")) {
            selected.add(matcher.group(1) + "=\"" + value + "\"");
          }
        }
      }
      return selected;
    }

    private static Set<String> find(Pattern pattern, String text) {
      Set<String> found = new TreeSet<>();
      Matcher matcher = pattern.matcher(text);
      while (matcher.find()) {
        String group = matcher.group();
        for (int i = 1; i <= matcher.groupCount(); i++) {
          group = matcher.group(i) == null ? group : matcher.group(i);
        }
        found.addAll(List.of(group.split(", *")));
      }
      return found;
    }
  }

  /**
   * {@code rules.yml} for trouble that lasts seconds: each window, each {@code for} and each limit
   * in seconds is divided by 60.
   */
  static String hastenedRules() throws IOException {
    String rules = Files.readString(DEPLOY.resolve("prometheus/rules.yml"));
    String durations =
        DURATION
            .matcher(rules)
            .replaceAll(
                found -> {
                  int seconds =
                      Integer.parseInt(found.group(2)) * (found.group(3).equals("h") ? 60 : 1);
                  return found.group(1) + seconds + "s" + found.group(4);
                });
    return SECONDS
        .matcher(durations)
        .replaceAll(found -> found.group(1) + Integer.parseInt(found.group(2)) / 60);
  }

  /** The rules of all groups: those that record, and the alerts. */
  static List<JsonNode> rules() {
    return each(read("prometheus/rules.yml").path("groups")).stream()
        .flatMap(group -> each(group.path("rules")).stream())
        .toList();
  }

  static Set<String> recordedByRules() {
    return rules().stream()
        .filter(rule -> rule.has("record"))
        .map(rule -> rule.path("record").asText())
        .collect(Collectors.toSet());
  }

  static List<JsonNode> alerts() {
    return rules().stream().filter(rule -> rule.has("alert")).toList();
  }

  /** The panels of the dashboard that show something. */
  static List<JsonNode> panels() {
    return each(read("grafana/dashboards/byo-email.json").path("panels")).stream()
        .filter(panel -> !panel.path("type").asText().equals("row"))
        .toList();
  }

  static List<Query> queries() {
    List<Query> queries = new ArrayList<>();
    for (JsonNode rule : rules()) {
      queries.add(
          new Query(rule.path("expr").asText(), rule.path("annotations").path("summary").asText()));
    }
    for (JsonNode panel : panels()) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(new Query(target.path("expr").asText(), target.path("legendFormat").asText()));
      }
    }
    return queries;
  }

  static List<JsonNode> each(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
