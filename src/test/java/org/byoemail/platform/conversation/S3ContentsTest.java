package org.byoemail.platform.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.support.S3Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

class S3ContentsTest extends ContentStoreContract {
  @TempDir static Path dir;

  private static final List<String> KEPT = new ArrayList<>();

  private static S3Server server;
  private static S3Contents store;

  @BeforeAll
  static void start() {
    server = new S3Server(dir);
    server.start();
    try (S3Client client = S3Contents.client(settings(server.endpoint(), S3Server.SECRET_KEY))) {
      client.createBucket(bucket -> bucket.bucket("mail"));
    }
    store = new S3Contents(settings(server.endpoint(), S3Server.SECRET_KEY), KEPT::add);
  }

  @AfterAll
  static void stop() {
    try (S3Server ended = server) {
      if (store != null) {
        store.close();
      }
    }
  }

  @Override
  ContentStore store() {
    return store;
  }

  @Override
  List<String> kept() {
    return KEPT;
  }

  @Test
  void wrongKeyIsATroubleOfOursAndIsNotTold() {
    try (S3Contents stranger =
        new S3Contents(settings(server.endpoint(), "another-secret"), name -> {})) {
      assertThatThrownBy(() -> stranger.store(stream("hello")))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("mail")
          .satisfies(e -> assertThat(e.toString()).doesNotContain("another-secret"));
    }
  }

  @Test
  void settingsDoNotShowTheKeys() {
    assertThat(settings(server.endpoint(), S3Server.SECRET_KEY).toString())
        .doesNotContain(S3Server.SECRET_KEY)
        .contains("mail");
  }

  private static S3Settings settings(URI endpoint, String secret) {
    return new S3Settings(
        endpoint, "us-east-1", "mail", "contents/", S3Server.ACCESS_KEY, secret, true);
  }
}
