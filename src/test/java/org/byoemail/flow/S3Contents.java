package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.S3Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Files of mails by way of the routes into a bucket, and out of it by way of the API. Run at the
 * gateway of {@link OwnStepsIT}.
 */
abstract class S3Contents {
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String BUCKET = "mail";
  private static final String PREFIX = "contents/";
  private static final byte[] FILE = "a,b\r\n1,2\r\n".getBytes(StandardCharsets.US_ASCII);

  private final S3Server s3;
  private final GatewayProcess gateway;
  private final Path gatewayFiles;

  S3Contents(S3Server s3, GatewayProcess gateway, Path gatewayFiles) {
    this.s3 = s3;
    this.gateway = gateway;
    this.gatewayFiles = gatewayFiles;
  }

  @Test
  void fileOfAMailIsStoredInTheBucketAloneAndServedFromThere() throws Exception {
    MailUser user = DOVECOT.freshUser("bucket");
    String key = PREFIX + sha256();

    try (S3Client client = client(s3)) {
      ApiClient api = gateway.api();
      String account = RealAccounts.receiving(api, DOVECOT, user);

      DOVECOT.deliver(user.address(), mail(user));

      JsonNode file = awaitMessage(api, account).at("/attachments/0");
      assertThat(file.path("name").asText()).isEqualTo("figures.csv");
      assertThat(api.bytes("/attachments/" + file.path("id").asText())).isEqualTo(FILE);
      List<String> keys =
          client.listObjectsV2(in -> in.bucket(BUCKET)).contents().stream()
              .map(S3Object::key)
              .toList();
      assertThat(keys).contains(key).allMatch(found -> found.startsWith(PREFIX));
      assertThat(names(gatewayFiles)).isNotEmpty().doesNotContain(sha256());

      client.deleteObject(object -> object.bucket(BUCKET).key(key));
      assertThat(api.bytes("/attachments/" + file.path("id").asText())).isNotEqualTo(FILE);
    }
  }

  private static JsonNode awaitMessage(ApiClient api, String account) {
    String id =
        Awaitility.await("the message")
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(200))
            .until(
                () ->
                    api.get("/messages?direction=inbound&account=" + account)
                        .body()
                        .at("/items/0/id")
                        .asText(),
                found -> !found.isEmpty());
    return ApiClient.expect(200, api.get("/messages/" + id)).body();
  }

  /** Makes the bucket of a gateway that has not been started yet. */
  static void makeBucket(S3Server s3) {
    try (S3Client client = client(s3)) {
      client.createBucket(bucket -> bucket.bucket(BUCKET));
    }
  }

  /** What a gateway needs to keep contents there. */
  static Map<String, String> settings(S3Server s3) {
    Map<String, String> settings = new HashMap<>();
    settings.put("BYO_CONTENT_STORE", "s3");
    settings.put("BYO_CONTENT_S3_ENDPOINT", s3.endpoint().toString());
    settings.put("BYO_CONTENT_S3_BUCKET", BUCKET);
    settings.put("BYO_CONTENT_S3_PREFIX", PREFIX);
    settings.put("BYO_CONTENT_S3_PATHSTYLE", "true");
    settings.put("BYO_CONTENT_S3_ACCESSKEY", S3Server.ACCESS_KEY);
    settings.put("BYO_CONTENT_S3_SECRETKEY", S3Server.SECRET_KEY);
    return settings;
  }

  private static S3Client client(S3Server s3) {
    return S3Client.builder()
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .endpointOverride(s3.endpoint())
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(S3Server.ACCESS_KEY, S3Server.SECRET_KEY)))
        .build();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList();
    }
  }

  private static String sha256() throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(FILE));
  }

  private static byte[] mail(MailUser user) {
    return """
        From: Ann Other <ann@else.test>
        To: %s
        Subject: Figures
        Message-ID: <figures@else.test>
        Date: Tue, 24 Nov 2026 10:00:00 +0000
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain

        See there.
        --b
        Content-Type: text/csv; name=figures.csv
        Content-Disposition: attachment; filename=figures.csv
        Content-Transfer-Encoding: base64

        YSxiDQoxLDINCg==
        --b--
        """
        .formatted(user.address())
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
