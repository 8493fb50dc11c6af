package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.byoemail.support.ApiClient;
import org.byoemail.support.GatewayProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a newcomer sees in the first minute, and finds again at the next start, which is from the
 * jar taken apart and uses the archive of its classes. {@link BlackBoxIT} starts again after a
 * kill.
 */
class FirstStartIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path dir;

  @Test
  void demoSendsReceivesAndBouncesAndIsThereAtTheNextStart() {
    try (GatewayProcess gateway = new GatewayProcess(dir, Map.of("BYO_DEMO_ENABLED", "true"))) {
      gateway.fromJar().start();
      await().atMost(PATIENCE).until(() -> gateway.output().contains("Console: http://"));

      assertMails(gateway.api());
      assertThat(gateway.output())
          .contains("5.1.1")
          .doesNotContain(" ERROR ")
          .doesNotContain("\tat ");

      gateway.stop();
      Path classes = dir.resolve("classes.log");
      gateway.extracted("-Xlog:class+load:file=" + classes).start();

      assertMails(gateway.api());
      assertThat(gateway.output()).doesNotContain("mailbox_reset");
      assertThat(classes)
          .content()
          .contains("org.byoemail.outbound.delivery.Claims source: shared objects file (top)");
    }
  }

  private static void assertMails(ApiClient api) {
    assertThat(api.get("/messages?direction=outbound&status=sent").body().path("items")).hasSize(1);
    assertThat(api.get("/messages?direction=outbound&status=failed").body().path("items"))
        .hasSize(1);
    assertThat(api.get("/messages?direction=inbound").body().path("items"))
        .anySatisfy(mail -> assertThat(mail.path("status").asText()).isEqualTo("ingested"));
    assertThat(api.get("/bounces").body().path("items"))
        .singleElement()
        .satisfies(bounce -> assertThat(bounce.path("status").asText()).isEqualTo("5.1.1"));
  }
}
