package org.byoemail.platform.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

class NodeNameTest {

  @ParameterizedTest
  @CsvSource({
    "mail-1, 8080, mail-1",
    "mail-1, 8081, mail-1-8081",
    "mail-1, 0, mail-1",
    "a b, -1, a_b"
  })
  void portTellsNodesOfOneHostApart(String host, int port, String name) {
    assertThat(NodeName.of(host, port)).isEqualTo(name);
  }

  @Test
  void nameThatIsSetStays() {
    MockEnvironment environment = new MockEnvironment().withProperty("byo.lease.node", "north");

    new NodeName().postProcessEnvironment(environment, new SpringApplication());

    assertThat(environment.getProperty("byo.lease.node")).isEqualTo("north");
  }

  @Test
  void emptyNameIsReplaced() {
    MockEnvironment environment =
        new MockEnvironment().withProperty("byo.lease.node", "").withProperty("server.port", "81");

    new NodeName().postProcessEnvironment(environment, new SpringApplication());

    assertThat(environment.getProperty("byo.lease.node")).endsWith("-81");
  }
}
