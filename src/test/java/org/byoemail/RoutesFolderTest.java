package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

class RoutesFolderTest {
  @TempDir Path dir;

  @Test
  void missingFolderStopsTheStartWithItsName() {
    MockEnvironment environment =
        new MockEnvironment().withProperty("byo.routes-dir", dir + "/nowhere");

    assertThatThrownBy(
            () -> new RoutesFolder().postProcessEnvironment(environment, new SpringApplication()))
        .hasMessageContaining(dir + "/nowhere");
  }

  @Test
  void folderWithoutRoutesStopsTheStart() {
    MockEnvironment environment =
        new MockEnvironment().withProperty("byo.routes-dir", dir.toString());

    assertThatThrownBy(
            () -> new RoutesFolder().postProcessEnvironment(environment, new SpringApplication()))
        .isInstanceOf(RoutesFolder.Missing.class);
  }

  @Test
  void folderWithARouteIsFine() throws IOException {
    Files.writeString(Files.createDirectory(dir.resolve("flow")).resolve("verb.camel.yaml"), "");
    MockEnvironment environment =
        new MockEnvironment().withProperty("byo.routes-dir", dir.toString());

    new RoutesFolder().postProcessEnvironment(environment, new SpringApplication());

    assertThat(environment.getProperty("camel.main.routes-include-pattern"))
        .isEqualTo("file:" + dir + "/**/*.camel.yaml");
    assertThat(new RoutesFolder().getOrder()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void routesOfTheOperatorAreLoadedToo() throws IOException {
    Path own = Files.createDirectory(dir.resolve("own"));
    Files.writeString(Files.createDirectory(dir.resolve("flow")).resolve("verb.camel.yaml"), "");
    MockEnvironment environment =
        new MockEnvironment()
            .withProperty("byo.routes-dir", dir + "/flow")
            .withProperty("byo.routes.own-dir", own.toString());

    new RoutesFolder().postProcessEnvironment(environment, new SpringApplication());

    assertThat(environment.getProperty("camel.main.routes-include-pattern"))
        .isEqualTo("file:" + dir + "/flow/**/*.camel.yaml,file:" + own + "/**/*.camel.yaml");
  }

  @Test
  void camelsOwnReloadStopsTheStart() {
    MockEnvironment environment =
        new MockEnvironment().withProperty("camel.main.routes-reload-enabled", "true");

    assertThatThrownBy(
            () -> new RoutesFolder().postProcessEnvironment(environment, new SpringApplication()))
        .isInstanceOfSatisfying(
            RoutesFolder.Missing.class,
            refused -> assertThat(refused.remedy()).contains("BYO_ROUTES_RELOAD"));
  }

  @Test
  void remedyNamesTheSetting() {
    MockEnvironment environment =
        new MockEnvironment().withProperty("byo.routes-dir", dir.toString());

    assertThatThrownBy(
            () -> new RoutesFolder().postProcessEnvironment(environment, new SpringApplication()))
        .isInstanceOfSatisfying(
            RoutesFolder.Missing.class,
            refused -> assertThat(refused.remedy()).contains("BYO_ROUTES_DIR"));
  }
}
