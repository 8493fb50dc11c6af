package org.byoemail.deploy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * Renders the part of Helm's templates that the chart uses: values, {@code quote}, {@code toYaml |
 * nindent}, {@code if}, {@code if not}, {@code else}, and {@code range} over a map. Whatever else
 * stands in a template is an error.
 */
final class HelmTemplates {
  private static final Pattern CONTROL =
      Pattern.compile(
          "\\s*\\{\\{- (if not|if|else|end|range \\$name, \\$key :=)(?: (\\S+))? ?}}\\s*");
  private static final Pattern VALUE = Pattern.compile("\\{\\{ (\\S+)( \\| quote)? }}");
  private static final Pattern BLOCK =
      Pattern.compile("\\s*\\{\\{- toYaml (\\S+) \\| nindent (\\d+) }}\\s*");

  private final Map<String, Object> scope;
  private List<String> lines = List.of();
  private int place;

  private HelmTemplates(Map<String, Object> values, String release) {
    this.scope = Map.of("Values", values, "Release", Map.of("Name", release));
  }

  /** The rendered templates of a chart. */
  static List<String> render(Path chart, Map<String, Object> values, String release) {
    HelmTemplates templates = new HelmTemplates(values, release);
    return Manifests.texts(chart.resolve("templates")).stream().map(templates::render).toList();
  }

  private String render(String template) {
    lines = template.lines().toList();
    place = 0;
    StringBuilder rendered = new StringBuilder();
    block(rendered, true, Map.of());
    if (place != lines.size()) {
      throw new IllegalStateException("an end too many in line " + place);
    }
    return rendered.toString();
  }

  /** Renders until the end of a block; returns the word that ended it. */
  private String block(StringBuilder to, boolean shown, Map<String, String> variables) {
    while (place < lines.size()) {
      String line = lines.get(place++);
      Matcher control = CONTROL.matcher(line);
      Matcher yaml = BLOCK.matcher(line);
      if (control.matches()) {
        String word = control.group(1);
        if (word.equals("else") || word.equals("end")) {
          return word;
        }
        control(to, shown, variables, word, control.group(2));
      } else if (yaml.matches()) {
        if (shown) {
          to.append(yaml(value(yaml.group(1)), Integer.parseInt(yaml.group(2))));
        }
      } else if (shown) {
        to.append(line(line, variables)).append('\n');
      }
    }
    return "";
  }

  private void control(
      StringBuilder to, boolean shown, Map<String, String> variables, String word, String path) {
    Object value = value(path);
    if (word.startsWith("range")) {
      int start = place;
      ((Map<?, ?>) value)
          .forEach(
              (name, key) -> {
                place = start;
                block(to, shown, Map.of("$name", name.toString(), "$key", key.toString()));
              });
      return;
    }
    boolean is = !List.of(false, "", 0).contains(value) == word.equals("if");
    if (block(to, shown && is, variables).equals("else")) {
      block(to, shown && !is, variables);
    }
  }

  private String line(String line, Map<String, String> variables) {
    String rendered =
        VALUE
            .matcher(line)
            .replaceAll(
                match -> {
                  String path = match.group(1);
                  String text =
                      path.startsWith("$") ? variables.get(path) : String.valueOf(value(path));
                  return Matcher.quoteReplacement(match.group(2) == null ? text : '"' + text + '"');
                });
    if (rendered.contains("{{")) {
      throw new IllegalStateException("not rendered: " + line);
    }
    return rendered;
  }

  private Object value(String path) {
    Object now = scope;
    for (String name : path.substring(1).split("\\.")) {
      if (!(now instanceof Map<?, ?> map) || !map.containsKey(name)) {
        throw new IllegalStateException("there is no value " + path);
      }
      now = map.get(name);
    }
    return now;
  }

  private static String yaml(Object value, int indent) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    return new Yaml(options).dump(value).indent(indent);
  }
}
