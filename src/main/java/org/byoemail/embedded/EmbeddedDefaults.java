package org.byoemail.embedded;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Settings that follow from which parts are embedded, below every setting of the user: the first
 * secrets, made on this machine and kept, and how Spring Boot shall treat Artemis.
 */
class EmbeddedDefaults implements EnvironmentPostProcessor {

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    EmbeddedParts parts = EmbeddedParts.of(environment);
    requireSharedRedis(environment, parts);
    Map<String, Object> defaults = new LinkedHashMap<>();
    if (!parts.broker()) {
      defaults.put("spring.artemis.mode", "native");
      // Otherwise Spring Boot starts a broker in addition to the external one.
      defaults.put("spring.artemis.embedded.enabled", "false");
    }
    if (parts.any()) {
      DataFolder data = DataFolder.at(dataFolder(environment));
      if (parts.broker()) {
        broker(environment, data, defaults);
      }
      if (parts.database()) {
        firstSecrets(environment, data.secrets(), defaults);
      }
    }
    environment
        .getPropertySources()
        .addLast(new MapPropertySource("byo-email embedded defaults", defaults));
  }

  // Each node would lease the same mailboxes in its own Redis.
  private static void requireSharedRedis(ConfigurableEnvironment environment, EmbeddedParts parts) {
    if (parts.redis()
        && !parts.database()
        && !environment.getProperty("byo.embedded.single-node", Boolean.class, false)) {
      throw new EmbeddedPartFailed(
          "PostgreSQL is external, and no Redis is set.",
          "Set spring.data.redis.url to the Redis that all nodes share,"
              + " or byo.embedded.single-node=true if this is the only node.");
    }
  }

  private static Path dataFolder(ConfigurableEnvironment environment) {
    return Path.of(environment.getProperty("byo.data-dir", "./data"));
  }

  private static void broker(
      ConfigurableEnvironment environment, DataFolder data, Map<String, Object> defaults) {
    defaults.put("spring.artemis.mode", "embedded");
    defaults.put("byo.broker.names-amqp-users", "true");
    defaults.put("spring.artemis.embedded.persistent", "true");
    defaults.put(
        "spring.artemis.embedded.data-directory", data.root().resolve("broker").toString());
    if (absent(environment, "byo.broker.producer-password")) {
      defaults.put("byo.broker.producer-password", data.secrets().password("producer-password"));
    }
  }

  // Only with the embedded database: with a database of their own, users keep these themselves.
  private static void firstSecrets(
      ConfigurableEnvironment environment, LocalSecrets secrets, Map<String, Object> defaults) {
    if (absent(environment, "byo.api.admin-key")) {
      defaults.put("byo.api.admin-key", secrets.password("admin-key"));
    }
    if (absent(environment, "byo.console.password")) {
      defaults.put("byo.console.password", secrets.password("console-password"));
    }
    if (absent(environment, "byo.dossier.signing-key")) {
      defaults.put("byo.dossier.signing-key", secrets.key("dossier-signing-key"));
    }
    // A list: it may also be given entry by entry.
    if (!Binder.get(environment).bind("byo.secret.keyset", String[].class).isBound()) {
      defaults.put("byo.secret.keyset", secrets.key("keyset"));
    }
  }

  private static boolean absent(ConfigurableEnvironment environment, String setting) {
    return !StringUtils.hasText(environment.getProperty(setting));
  }
}
