package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class UnknownSettingsTest {

  private static void start(String variable, String value) {
    StandardEnvironment environment = new StandardEnvironment();
    MutablePropertySources sources = environment.getPropertySources();
    sources.replace(
        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
        new SystemEnvironmentPropertySource(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            Map.of(variable, value, "PATH", "/usr/bin")));
    // Those that only routes read are known by the configuration file.
    sources.addLast(
        new MapPropertySource(
            "application.yaml",
            Map.of("byo.outbound.claim-pause", "10ms", "byo.routes-dir", "routes")));
    new UnknownSettings().postProcessEnvironment(environment, new SpringApplication());
  }

  @ParameterizedTest
  @CsvSource({
    "BYO_CONECTION_ALLOWED_NETWORKS, BYO_CONNECTION_ALLOWEDNETWORKS, byo.connection.allowed-networks",
    "BYO_ACCESS_FAILED_LOGIN, BYO_ACCESS_FAILEDLOGINS, byo.access.failed-logins",
    "BYO_EMAIL_ENABLE, BYO_EMAIL_ENABLED, byo.email.enabled",
    "BYO_SECRETS_KEYSET, BYO_SECRET_KEYSET, byo.secret.keyset",
    "BYO_SECRETS_KEYSET_FILE, BYO_SECRET_KEYSET, byo.secret.keyset",
    "BYO_EMAIL_SENDING_PERCENT, BYO_EMAIL_SENDING_PERCENTAGE, byo.email.sending.percentage",
    "BYO_OUTBOUND_CLAIM_PAUS, BYO_OUTBOUND_CLAIMPAUSE, byo.outbound.claim-pause",
  })
  void misspeltSettingStopsTheStartAndTheNearestIsNamed(
      String variable, String nearest, String property) {
    UnknownSettings.Unknown refused =
        catchThrowableOfType(UnknownSettings.Unknown.class, () -> start(variable, "x"));

    assertThat(refused).hasMessageContaining(variable);
    assertThat(refused.remedy()).contains(nearest, property);
  }

  @Test
  void nothingSimilarIsGuessed() {
    UnknownSettings.Unknown refused =
        catchThrowableOfType(UnknownSettings.Unknown.class, () -> start("BYO_QXZWV", "x"));

    assertThat(refused.remedy()).isEqualTo("Correct the name, or unset it.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BYO_CONNECTION_ALLOWED_NETWORKS",
        "BYO_CONNECTION_ALLOWEDNETWORKS",
        "BYO_CONNECTION_ALLOWED_NETWORKS_0",
        "BYO_BROKER_ORGANIZATIONS_PRODUCER",
        "BYO_TRANSPORT_POSTMARK_ORGANIZATIONS_ACME",
        "BYO_ROUTES_DIR",
        "BYO_OUTBOUND_CLAIM_PAUSE",
        "BYO_LEASE_NODE",
        "BYO_CONTENT_S3_BUCKET",
        "BYO_SECRET_KEYSET_FILE",
        "BYO_BROKER_USERS_SHOP_FILE",
        "BYO_EMAIL_FLAG_FILE",
        "BYO_EMAIL_SENDING_PERCENTAGE",
        "BYO_API_KEY"
      })
  void settingsAndWhatClientsReadArePassed(String variable) {
    assertThatCode(() -> start(variable, "x")).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "BYO_EMAIL_PORT, tcp://10.0.0.1:8080",
    "BYO_EMAIL_SERVICE_HOST, 10.0.0.1",
    "BYO_EMAIL_SERVICE_PORT, 8080",
    "BYO_EMAIL_SERVICE_PORT_HTTP, 8080",
    "BYO_EMAIL_PORT_8080_TCP, tcp://10.0.0.1:8080",
    "BYO_EMAIL_PORT_8080_TCP_ADDR, 10.0.0.1",
  })
  void serviceLinksOfAClusterArePassed(String variable, String value) {
    assertThatCode(() -> start(variable, value)).doesNotThrowAnyException();
  }
}
