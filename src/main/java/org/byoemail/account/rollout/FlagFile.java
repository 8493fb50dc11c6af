package org.byoemail.account.rollout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** The YAML file with the rules. Used by one thread at a time. */
final class FlagFile {
  private static final int MAX_BYTES = 128 * 1024;
  private static final String ROOT = "rollout";

  private final Path path;
  private byte @Nullable [] read;

  FlagFile(Path path) {
    this.path = path;
  }

  /** The file cannot be used; the message says why, in one line. */
  static final class Invalid extends Exception {
    private static final long serialVersionUID = 1;

    Invalid(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * The rules, if the content has changed since the last call.
   *
   * @return null: unchanged
   * @throws Invalid each time until the content is valid
   */
  @Nullable RolloutRules changed() throws Invalid {
    byte[] content = content();
    if (Arrays.equals(content, read)) {
      return null;
    }
    RolloutRules rules = rules(content);
    read = content;
    return rules;
  }

  private byte[] content() throws Invalid {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw new Invalid(path + " is larger than " + MAX_BYTES / 1024 + " KB", null);
      }
      return content;
    } catch (IOException e) {
      throw new Invalid(path + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
  }

  private RolloutRules rules(byte[] content) throws Invalid {
    try {
      List<PropertySource<?>> documents =
          new YamlPropertySourceLoader().load(path.toString(), new ByteArrayResource(content));
      if (documents.size() != 1) {
        throw new Invalid(path + " must have one YAML document that is not empty", null);
      }
      MapPropertySource rooted = new MapPropertySource(ROOT, rooted(documents.get(0)));
      return new Binder(ConfigurationPropertySources.from(rooted))
          .bind(
              ROOT,
              Bindable.of(RolloutRules.class),
              new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
          .orElseThrow(() -> new IllegalArgumentException("nothing is set"));
    } catch (IOException | RuntimeException e) {
      throw new Invalid(path + " is invalid: " + reason(e), e);
    }
  }

  private static Map<String, Object> rooted(PropertySource<?> document) {
    Map<String, Object> names = new LinkedHashMap<>();
    for (String name : ((EnumerablePropertySource<?>) document).getPropertyNames()) {
      names.put(ROOT + "." + name, String.valueOf(document.getProperty(name)));
    }
    return names;
  }

  private static String reason(Exception e) {
    Throwable root = NestedExceptionUtils.getMostSpecificCause(e);
    String words = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    if (root instanceof UnboundConfigurationPropertiesException unknown) {
      return "it has no setting "
          + unknown.getUnboundProperties().stream()
              .map(each -> each.getName().toString().substring(ROOT.length() + 1))
              .sorted()
              .collect(Collectors.joining(", "));
    }
    String name = e instanceof BindException bind ? bind.getName().toString() : ROOT;
    return name.equals(ROOT) ? words : name.substring(ROOT.length() + 1) + ": " + words;
  }
}
