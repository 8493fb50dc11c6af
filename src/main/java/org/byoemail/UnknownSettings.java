package org.byoemail;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.platform.health.StartRefused;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Refuses environment variables that look like settings and are none: a misspelt one would be
 * ignored in silence. What Kubernetes adds for a service that is called {@code byo-...}, and what
 * clients of the gateway read, is left alone.
 */
class UnknownSettings implements EnvironmentPostProcessor, Ordered {
  private static final String METADATA = "META-INF/spring-configuration-metadata.json";
  private static final String PREFIX = "BYO_";

  /** A property and its type, as the configuration processor writes them. */
  private static final Pattern PROPERTY =
      Pattern.compile("\"name\": \"(byo\\.[^\"]+)\",\\s*\"type\": \"([^\"]+)\"");

  private static final Pattern SERVICE_LINK =
      Pattern.compile(".*_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT_\\d+_(?:TCP|UDP)(?:_.+)?)");

  private static final Pattern OF_TESTS = Pattern.compile("BYO_(?:TEST|REQUIRE_TEST)_.+");
  private static final Set<String> OF_CLIENTS = Set.of("BYO_API_KEY", "BYO_API_URL");

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    PropertySource<?> variables =
        environment
            .getPropertySources()
            .get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    List<String> candidates =
        variables instanceof EnumerablePropertySource<?> source
            ? Arrays.stream(source.getPropertyNames())
                .filter(name -> name.startsWith(PREFIX))
                .filter(name -> !OF_CLIENTS.contains(name) && !OF_TESTS.matcher(name).matches())
                .filter(name -> !SecretFiles.isSecretFile(name))
                .filter(name -> !isServiceLink(name, source.getProperty(name)))
                .sorted()
                .toList()
            : List.of();
    if (candidates.isEmpty()) {
      return;
    }
    Known known = Known.of(environment);
    for (String name : candidates) {
      if (!known.contains(name)) {
        throw new Unknown(name, known.nearest(name));
      }
    }
  }

  /** After the configuration files were read. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  /**
   * Such as BYO_EMAIL_PORT=tcp://10.0.0.1:8080, which a pod gets for each service in its namespace.
   */
  private static boolean isServiceLink(String name, Object value) {
    return SERVICE_LINK.matcher(name).matches()
        || name.endsWith("_PORT") && String.valueOf(value).matches("(?:tcp|udp)://.*");
  }

  /**
   * The settings of this version.
   *
   * @param properties by their letters and digits alone, since a dash may be an underscore or
   *     nothing in the name of a variable; true if further names follow
   */
  private record Known(Map<String, Property> properties) {
    private record Property(String name, boolean open) {}

    static Known of(ConfigurableEnvironment environment) {
      Map<String, Property> properties = new TreeMap<>();
      for (PropertySource<?> source : environment.getPropertySources()) {
        if (source instanceof EnumerablePropertySource<?> named
            && !source
                .getName()
                .equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)) {
          for (String name : named.getPropertyNames()) {
            if (name.startsWith("byo.")) {
              String whole = name.replaceAll("\\[.*", "");
              properties.put(letters(whole), new Property(whole, !whole.equals(name)));
            }
          }
        }
      }
      String metadata = metadata();
      Matcher described = PROPERTY.matcher(metadata);
      described.region(metadata.indexOf("\"properties\""), metadata.length());
      while (described.find()) {
        // Names of maps, lists, and of settings that a class of their own describes.
        boolean open = described.group(2).matches("(?:java\\.util\\.|org\\.byoemail\\.).*");
        properties.put(letters(described.group(1)), new Property(described.group(1), open));
      }
      return new Known(properties);
    }

    private static String metadata() {
      try {
        for (URL each :
            Collections.list(UnknownSettings.class.getClassLoader().getResources(METADATA))) {
          try (InputStream in = each.openStream()) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (text.contains("\"byo.")) {
              return text;
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + METADATA, e);
      }
      throw new IllegalStateException(METADATA + " of this program is missing");
    }

    private static String letters(String name) {
      return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }

    boolean contains(String variable) {
      String letters = letters(variable);
      return properties.containsKey(letters)
          || properties.entrySet().stream()
              .anyMatch(each -> each.getValue().open() && letters.startsWith(each.getKey()));
    }

    /** The setting with the most similar name, if it is similar at all. */
    Optional<String> nearest(String variable) {
      String letters = letters(variable);
      return properties.entrySet().stream()
          .min(
              (one, other) ->
                  Integer.compare(
                      distance(letters, one.getKey()), distance(letters, other.getKey())))
          .filter(each -> distance(letters, each.getKey()) <= Math.max(2, letters.length() / 3))
          .map(each -> each.getValue().name());
    }

    /** How many letters have to be inserted, removed or replaced (Levenshtein). */
    private static int distance(String one, String other) {
      int[] row = new int[other.length() + 1];
      Arrays.setAll(row, i -> i);
      for (int i = 1; i <= one.length(); i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= other.length(); j++) {
          int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
          diagonal = row[j];
          row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
        }
      }
      return row[other.length()];
    }
  }

  /** An environment variable that sets nothing. */
  static final class Unknown extends StartRefused {
    private static final long serialVersionUID = 1;

    Unknown(String variable, Optional<String> nearest) {
      super(
          "The environment variable " + variable + " is no setting of this version",
          nearest
                  .map(
                      name ->
                          "Did you mean "
                              + name.toUpperCase(Locale.ROOT).replace('.', '_').replace("-", "")
                              + " ("
                              + name
                              + ")? ")
                  .orElse("")
              + "Correct the name, or unset it.");
    }
  }
}
