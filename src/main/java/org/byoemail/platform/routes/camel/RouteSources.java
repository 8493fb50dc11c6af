package org.byoemail.platform.routes.camel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.OtherwiseDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.util.URISupport;
import org.byoemail.platform.routes.RouteSource;
import org.byoemail.platform.routes.RouteStep;
import org.jspecify.annotations.Nullable;

/** Describes the running routes by Camel's model of them and by their files. */
final class RouteSources {
  private static final int MAX_WORDS = 160;
  private static final int MAX_DEPTH = 20;

  private static final String KEY =
      "[\\w.-]*(?:password|passphrase|passwd|secret|token|access-?key|api-?key|private-?key"
          + "|credential|authorization)[\\w.-]*";

  /** A placeholder without a default value, or a reference; nothing else shows what it is. */
  private static final String PLACEHOLDER =
      "(?:\\{\\{[?!]?(?:(?:env|sys|bean|secret|configmap|aws|gcp|azure|hashicorp):)?[\\w./-]+}}"
          + "|\\$\\{[\\w.:-]+}|#[\\w.:-]+)";

  /** Values of keys that name secrets; a block scalar has its value on the next line. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)(\\b"
              + KEY
              + "[\"']?\\s*:\\s*)(?![\"']?"
              + PLACEHOLDER
              + "[\"']?\\s*(?:$|[,}]|\\s#))(?:[|>][-+0-9]*[ \\t]*\\R[ \\t]*)?\\S.*",
          Pattern.MULTILINE);

  /** The same for options of an endpoint. */
  private static final Pattern OPTION =
      Pattern.compile(
          "(?i)([?&;]"
              + KEY
              + "=)(?!(?:RAW[({])?"
              + PLACEHOLDER
              + "[)}]?(?:$|[&;\\s\"']))(?:RAW\\([^)\\n]*\\)|RAW\\{[^}\\n]*}|[^&;\\s\"']+)",
          Pattern.MULTILINE);

  /** A password before the host of an address. */
  private static final Pattern USER =
      Pattern.compile(
          "(?i)(\\b[a-z][a-z0-9+.-]*:(?://)?[^\\s/:@?\"']*:)(?!" + PLACEHOLDER + "@)[^\\s/?\"']+@");

  private final RouteModel model;

  RouteSources(CamelContext context) {
    this.model = new RouteModel(context);
  }

  /** The routes of the files. */
  List<RouteSource> all(Collection<RouteFile> files) {
    Map<String, RouteFile> byLocation = new HashMap<>();
    files.forEach(file -> byLocation.put(file.location(), file));
    Map<String, String> consumers = new HashMap<>();
    model.routes().forEach(route -> consumers.put(model.input(route), route.getRouteId()));
    List<RouteSource> sources = new ArrayList<>();
    for (RouteDefinition route : model.routes()) {
      RouteFile file = byLocation.get(RouteModel.locationOf(route.getResource()));
      if (file != null) {
        sources.add(new Reading(file, route, consumers).source());
      }
    }
    return sources;
  }

  /** The text of a file without the secrets in it. */
  static String masked(String yaml) {
    return maskedAddresses(SECRET.matcher(yaml).replaceAll("$1•••"));
  }

  /** A text without the secrets in addresses of endpoints. */
  static String maskedAddresses(String text) {
    return USER.matcher(OPTION.matcher(text).replaceAll("$1•••")).replaceAll("$1•••@");
  }

  /** Of one route. */
  private final class Reading {
    private final RouteFile file;
    private final RouteDefinition route;
    private final Map<String, String> consumers;

    Reading(RouteFile file, RouteDefinition route, Map<String, String> consumers) {
      this.file = file;
      this.route = route;
      this.consumers = consumers;
    }

    RouteSource source() {
      RouteFile.Excerpt excerpt = file.excerpt(route.getRouteId());
      List<RouteStep> steps = new ArrayList<>();
      List<RouteStep> onFailure = new ArrayList<>();
      for (ProcessorDefinition<?> output : route.getOutputs()) {
        if (output instanceof OnExceptionDefinition) {
          onFailure.add(step(output, 0));
        } else if (!output.isAbstract()) {
          steps.add(step(output, 0));
        }
      }
      String uri = route.getInput().getEndpointUri();
      String description = route.getDescriptionText();
      return new RouteSource(
          route.getRouteId(),
          description == null ? "" : description,
          file.name(),
          excerpt.line(),
          masked(excerpt.text()),
          new RouteStep("from", "from", shortened(uri), line(uri), null, List.of()),
          steps,
          onFailure);
    }

    private RouteStep step(ProcessorDefinition<?> output, int depth) {
      List<RouteStep> inside = new ArrayList<>();
      if (depth < MAX_DEPTH && output instanceof ChoiceDefinition choice) {
        inside.addAll(branches(choice, depth + 1));
      } else if (depth < MAX_DEPTH) {
        inside.addAll(steps(output.getOutputs(), depth + 1));
      }
      String uri = uri(output);
      String words = words(output, uri);
      int line = output.getLineNumber() > 0 ? output.getLineNumber() : line(place(output, uri));
      return new RouteStep(
          String.valueOf(output.getId()),
          output.getShortName(),
          words,
          line,
          uri == null ? null : consumers.get(uri.replaceFirst("\\?.*", "")),
          inside);
    }

    private List<RouteStep> steps(List<ProcessorDefinition<?>> outputs, int depth) {
      return outputs.stream().map(each -> step(each, depth)).toList();
    }

    /** For Camel, the outputs of a choice are the outputs of all branches together. */
    private List<RouteStep> branches(ChoiceDefinition choice, int depth) {
      List<RouteStep> branches = new ArrayList<>();
      for (WhenDefinition when : choice.getWhenClauses()) {
        String condition = when.getExpression().getExpression();
        branches.add(
            new RouteStep(
                String.valueOf(when.getId()),
                "when",
                cut(condition),
                line(condition),
                null,
                steps(when.getOutputs(), depth)));
      }
      OtherwiseDefinition otherwise = choice.getOtherwise();
      if (otherwise != null) {
        branches.add(
            new RouteStep(
                String.valueOf(otherwise.getId()),
                "otherwise",
                "",
                line("otherwise"),
                null,
                steps(otherwise.getOutputs(), depth)));
      }
      return branches;
    }

    private int line(@Nullable String word) {
      return word == null
          ? 0
          : file.lineOf(route.getRouteId(), List.of(word.replaceFirst("\\?.*", "")));
    }
  }

  private static @Nullable String uri(ProcessorDefinition<?> step) {
    if (step instanceof ToDynamicDefinition dynamic) {
      return dynamic.getUri();
    }
    return step instanceof EndpointRequiredDefinition to ? to.getEndpointUri() : null;
  }

  private static String words(ProcessorDefinition<?> step, @Nullable String uri) {
    if (uri != null) {
      return shortened(uri);
    }
    if (step instanceof BeanDefinition bean) {
      return cut(bean.getRef() + (bean.getMethod() == null ? "" : "." + bean.getMethod()));
    }
    if (step instanceof OnExceptionDefinition failure) {
      return cut(
          String.join(
              ", ",
              failure.getExceptions().stream()
                  .map(name -> name.substring(name.lastIndexOf('.') + 1))
                  .toList()));
    }
    if (step instanceof ExpressionNode node && node.getExpression() != null) {
      return cut(String.valueOf(node.getExpression().getExpression()));
    }
    if (step instanceof ChoiceDefinition) {
      return "";
    }
    String label = String.valueOf(step.getLabel());
    return label.equals(step.getShortName()) ? "" : cut(label);
  }

  /** The word in the file by which the line of a step is found. */
  private static @Nullable String place(ProcessorDefinition<?> step, @Nullable String uri) {
    if (uri != null) {
      return uri;
    }
    if (step instanceof BeanDefinition bean) {
      return bean.getMethod() == null ? bean.getRef() : "method: " + bean.getMethod();
    }
    if (step instanceof ExpressionNode node && node.getExpression() != null) {
      return node.getExpression().getExpression();
    }
    return null;
  }

  /** An endpoint without its options, which the file shows. */
  private static String shortened(String uri) {
    return cut(String.valueOf(URISupport.sanitizeUri(uri.replaceFirst("\\?.*", ""))));
  }

  private static String cut(String words) {
    String line = maskedAddresses(words.replaceAll("\\s+", " ").strip());
    return line.length() <= MAX_WORDS ? line : line.substring(0, MAX_WORDS) + "…";
  }
}
