package org.byoemail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.byoemail.platform.health.StartRefused;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.StringUtils;

/**
 * Reads secrets from files, as orchestrators mount them: {@code BYO_SECRET_KEYSET_FILE} names the
 * file with the value of {@code BYO_SECRET_KEYSET}. Files are read once, at the start. A file that
 * cannot be used ends the start; its content is never part of a message.
 */
class SecretFiles implements EnvironmentPostProcessor, Ordered {
  private static final String SUFFIX = "_FILE";
  private static final int MAX_BYTES = 16 * 1024;

  /** The settings that are secrets, as variables without underscores. */
  private static final Set<String> SECRETS =
      Set.of(
          "BYOAPIADMINKEY",
          "BYOBROKERKAFKAPASSWORD",
          "BYOBROKERPRODUCERPASSWORD",
          "BYOCONSOLEPASSWORD",
          "BYOCONTENTS3ACCESSKEY",
          "BYOCONTENTS3SECRETKEY",
          "BYODOSSIERSIGNINGKEY",
          "BYOPEOPLEOIDCCLIENTSECRET",
          "BYOSECRETKEYSET",
          "BYOTRANSPORTPOSTMARKTOKEN",
          "BYOTRANSPORTPOSTMARKWEBHOOKSECRET",
          "BYOTRANSPORTRELAYPASSWORD",
          "SERVERSSLKEYPASSWORD",
          "SERVERSSLKEYSTOREPASSWORD",
          "SERVERSSLTRUSTSTOREPASSWORD",
          "SPRINGARTEMISPASSWORD",
          "SPRINGDATAREDISPASSWORD",
          // It may have the password in it.
          "SPRINGDATAREDISURL",
          "SPRINGDATASOURCEPASSWORD",
          "SPRINGFLYWAYPASSWORD",
          // It may have the password in it.
          "SPRINGRABBITMQADDRESSES",
          "SPRINGRABBITMQPASSWORD");

  /** Settings with names of the operator: one password for each user of the broker. */
  private static final String USERS = "BYO_BROKER_USERS_";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (!(environment
            .getPropertySources()
            .get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
        instanceof EnumerablePropertySource<?> variables)) {
      return;
    }
    Map<String, Object> secrets = new HashMap<>();
    Map<String, Object> others = new HashMap<>();
    for (String name : variables.getPropertyNames()) {
      if (!isSecretFile(name)) {
        others.put(name, variables.getProperty(name));
      }
    }
    for (String name : variables.getPropertyNames()) {
      String file = String.valueOf(variables.getProperty(name));
      if (isSecretFile(name) && StringUtils.hasText(file)) {
        String setting = name.substring(0, name.length() - SUFFIX.length());
        Object direct = others.get(setting);
        if (direct != null && StringUtils.hasText(direct.toString())) {
          throw new Refused(
              "Both " + setting + " and " + name + " are set", "Unset one of the two.");
        }
        secrets.put(setting, read(name, file));
      }
    }
    if (!secrets.isEmpty()) {
      // Without the names of the files: BYO_BROKER_USERS_SHOP_FILE would be a user, too.
      others.putAll(secrets);
      environment
          .getPropertySources()
          .replace(
              variables.getName(),
              new SystemEnvironmentPropertySource(variables.getName(), others));
    }
  }

  /** Before configuration files are read, which may refer to these settings. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  /** Whether a variable names the file of a secret. */
  static boolean isSecretFile(String variable) {
    if (!variable.endsWith(SUFFIX)) {
      return false;
    }
    String setting = variable.substring(0, variable.length() - SUFFIX.length());
    return SECRETS.contains(setting.replace("_", "").toUpperCase(Locale.ROOT))
        || setting.startsWith(USERS) && setting.length() > USERS.length();
  }

  private static String read(String name, String file) {
    byte[] content;
    try {
      Path path = Path.of(file.strip());
      // A pipe might never end.
      if (!Files.isRegularFile(path)) {
        throw new Refused(
            name + ": " + (Files.exists(path) ? "not a file: " : "there is no file ") + path,
            "Mount the secret there, or correct the path.");
      }
      try (InputStream in = Files.newInputStream(path)) {
        content = in.readNBytes(MAX_BYTES + 1);
      }
    } catch (IOException | InvalidPathException e) {
      throw new Refused(
          name + ": the file cannot be read (" + e.getClass().getSimpleName() + ")",
          "Let the user of the gateway read it.");
    }
    if (content.length > MAX_BYTES) {
      throw new Refused(
          name + ": the file is larger than " + MAX_BYTES / 1024 + " KB",
          "It must have the secret and nothing else.");
    }
    String secret = text(name, content).stripTrailing();
    if (secret.isEmpty()) {
      throw new Refused(name + ": the file is empty", "It must have the secret.");
    }
    if (secret.lines().count() > 1) {
      throw new Refused(
          name + ": the file has several lines", "It must have the secret and nothing else.");
    }
    return secret;
  }

  private static String text(String name, byte[] content) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new Refused(
          name + ": the file is not UTF-8", "It must have the secret and nothing else.");
    }
  }

  /** A secret cannot be read from its file. */
  static final class Refused extends StartRefused {
    private static final long serialVersionUID = 1;

    Refused(String what, String remedy) {
      super(what, remedy);
    }
  }
}
