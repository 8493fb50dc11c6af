package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class SecretFilesTest {
  @TempDir Path folder;

  private static StandardEnvironment environment(Map<String, Object> variables) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    new SecretFiles().postProcessEnvironment(environment, new SpringApplication());
    ConfigurationPropertySources.attach(environment);
    return environment;
  }

  private String file(String name, String content) throws Exception {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private SecretFiles.Refused refused(String variable, String file) {
    return catchThrowableOfType(
        SecretFiles.Refused.class, () -> environment(Map.of(variable, file)));
  }

  @ParameterizedTest
  @CsvSource({
    "BYO_API_ADMIN_KEY_FILE, byo.api.admin-key",
    "BYO_API_ADMINKEY_FILE, byo.api.admin-key",
    "BYO_CONSOLE_PASSWORD_FILE, byo.console.password",
    "BYO_CONTENT_S3_SECRET_KEY_FILE, byo.content.s3.secret-key",
    "BYO_TRANSPORT_POSTMARK_WEBHOOK_SECRET_FILE, byo.transport.postmark.webhook.secret",
    "SPRING_DATASOURCE_PASSWORD_FILE, spring.datasource.password",
    "SPRING_DATA_REDIS_URL_FILE, spring.data.redis.url",
    "SPRING_ARTEMIS_PASSWORD_FILE, spring.artemis.password",
    "SERVER_SSL_KEY_STORE_PASSWORD_FILE, server.ssl.key-store-password",
  })
  void secretIsReadFromItsFile(String variable, String property) throws Exception {
    String file = file("secret", "s3cret of the file\n");

    assertThat(environment(Map.of(variable, file)).getProperty(property))
        .isEqualTo("s3cret of the file");
  }

  @Test
  void usersOfTheBrokerAndListsAreBound() throws Exception {
    StandardEnvironment environment =
        environment(
            Map.of(
                "BYO_BROKER_USERS_SHOP_FILE", file("shop", "of-the-shop"),
                "BYO_SECRET_KEYSET_FILE", file("keyset", "first,second\r\n")));

    assertThat(
            Binder.get(environment)
                .bind("byo.broker.users", Bindable.mapOf(String.class, String.class))
                .get())
        .isEqualTo(Map.of("shop", "of-the-shop"));
    assertThat(
            Binder.get(environment).bind("byo.secret.keyset", Bindable.listOf(String.class)).get())
        .containsExactly("first", "second");
  }

  @Test
  void fileThatCannotBeUsedIsRefusedInOneLineWithoutItsContent() throws Exception {
    Map<String, String> problems = new HashMap<>();
    problems.put(folder.resolve("missing").toString(), "there is no file ");
    problems.put(folder.toString(), "not a file: ");
    problems.put(file("empty", "\n"), "the file is empty");
    problems.put(file("large", "s3cret".repeat(5_000)), "the file is larger than 16 KB");
    problems.put(file("lines", "s3cret\nother"), "the file has several lines");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
    problems.put(binary.toString(), "the file is not UTF-8");

    problems.forEach(
        (file, words) -> {
          SecretFiles.Refused refused = refused("BYO_SECRET_KEYSET_FILE", file);
          assertThat(refused)
              .hasMessageStartingWith("BYO_SECRET_KEYSET_FILE: " + words)
              .message()
              .hasLineCount(1)
              .doesNotContain("s3cret");
          assertThat(refused.remedy()).isNotBlank();
        });
  }

  @Test
  void secretThatIsGivenTwiceIsRefused() throws Exception {
    Map<String, Object> both =
        Map.of("BYO_CONSOLE_PASSWORD", "one", "BYO_CONSOLE_PASSWORD_FILE", file("two", "two"));

    assertThat(catchThrowableOfType(SecretFiles.Refused.class, () -> environment(both)))
        .hasMessage("Both BYO_CONSOLE_PASSWORD and BYO_CONSOLE_PASSWORD_FILE are set");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BYO_DATA_DIR_FILE", "BYO_EMAIL_FLAG_FILE", "LOGGING_CONFIG_FILE"})
  void otherVariablesAreLeftAlone(String variable) {
    assertThat(environment(Map.of(variable, "/nowhere")).getPropertySources().size())
        .isEqualTo(new StandardEnvironment().getPropertySources().size() + 1);
    assertThat(environment(Map.of(variable, "/nowhere")).getProperty(variable))
        .isEqualTo("/nowhere");
  }

  @Test
  void everySecretOfTheSettingsCanBeAFile() throws Exception {
    String metadata;
    try (InputStream in =
        Files.newInputStream(
            Path.of("target/classes/META-INF/spring-configuration-metadata.json"))) {
      metadata = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<String> secrets =
        Pattern.compile(
                "\"name\": \"(byo\\.[^\"]*(?:password|secret|token|keyset|-key))\",\\s*\"type\": \"java\\.(?:lang\\.String|util\\.List)")
            .matcher(metadata)
            .results()
            .map(match -> match.group(1))
            .toList();

    assertThat(secrets).contains("byo.secret.keyset", "byo.api.admin-key");
    assertThat(secrets)
        .allSatisfy(
            name ->
                assertThat(
                        SecretFiles.isSecretFile(
                            name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_") + "_FILE"))
                    .as(name)
                    .isTrue());
  }

  @Test
  void emptyVariableIsNotSet() {
    assertThat(
            environment(Map.of("BYO_CONSOLE_PASSWORD_FILE", " "))
                .getProperty("byo.console.password"))
        .isNull();
  }
}
