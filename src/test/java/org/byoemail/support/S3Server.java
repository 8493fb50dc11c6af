package org.byoemail.support;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server that speaks S3, with its objects in its memory. */
public final class S3Server extends ServiceProcess {
  public static final String ACCESS_KEY = "test-access-key";
  public static final String SECRET_KEY = "test-secret-key-0123456789";

  /**
   * @param dir holds its settings and its log
   */
  public S3Server(Path dir) {
    super("s3proxy", dir);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port());
  }

  @Override
  List<String> command() throws IOException {
    Path settings =
        Files.write(
            dir().resolve("s3proxy.properties"),
            List.of(
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.identity=" + ACCESS_KEY,
                "s3proxy.credential=" + SECRET_KEY,
                "s3proxy.endpoint=" + endpoint(),
                "jclouds.provider=transient-nio2",
                "jclouds.identity=unused",
                "jclouds.credential=unused"));
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Xmx256m");
    words.addAll(SHORT_LIVED);
    words.addAll(List.of("-jar", Path.of("target", "servers", "s3proxy.jar").toString()));
    words.addAll(List.of("--properties", settings.toString()));
    return words;
  }
}
