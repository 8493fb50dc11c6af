package org.byoemail.platform.conversation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Contents as objects of a bucket. One is spooled to a temporary file first, since its name and
 * length have to be known before it is sent.
 */
final class S3Contents implements ContentStore, AutoCloseable {
  /** Short, since a transaction waits for it. */
  private static final Duration DELETE_WITHIN = Duration.ofSeconds(10);

  private static final Duration NOTE_WITHIN = Duration.ofSeconds(10);
  private static final int MAX_NOTE = 1000;

  private final S3Client client;
  private final S3Settings settings;
  private final Consumer<String> beforeKeeping;

  /**
   * @param beforeKeeping gets the name of each content before it is stored
   */
  S3Contents(S3Settings settings, Consumer<String> beforeKeeping) {
    this.beforeKeeping = beforeKeeping;
    this.settings = settings;
    this.client = client(settings);
  }

  static S3Client client(S3Settings settings) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .region(Region.of(settings.region()))
            .forcePathStyle(settings.pathStyle())
            // Servers other than Amazon's do not know the newer ones; the name is a checksum.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    if (settings.accessKey() != null && settings.secretKey() != null) {
      builder.credentialsProvider(
          StaticCredentialsProvider.create(
              AwsBasicCredentials.create(settings.accessKey(), settings.secretKey())));
    }
    return builder.build();
  }

  @Override
  public Stored store(InputStream content) {
    try {
      Path spool = Files.createTempFile("byo-content-", ".tmp");
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        long size;
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(spool), digest)) {
          size = content.transferTo(out);
        }
        String sha256 = HexFormat.of().formatHex(digest.digest());
        beforeKeeping.accept(sha256);
        client.putObject(
            PutObjectRequest.builder().bucket(settings.bucket()).key(key(sha256)).build(),
            RequestBody.fromFile(spool));
        return new Stored(sha256, size);
      } finally {
        Files.deleteIfExists(spool);
      }
    } catch (SdkException e) {
      throw failed("cannot store content in bucket " + settings.bucket(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write content to the temporary folder", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public InputStream open(Piece piece) {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder().bucket(settings.bucket()).key(key(piece.sha256()));
    if (!piece.isWhole()) {
      if (piece.length() == 0) {
        return InputStream.nullInputStream();
      }
      request.range("bytes=" + piece.offset() + "-" + (piece.offset() + piece.length() - 1));
    }
    try {
      return client.getObject(request.build());
    } catch (SdkException e) {
      throw failed("content " + piece.sha256() + " cannot be read", e);
    }
  }

  // S3 has no conditional delete by age; UnusedContents prevents the race.
  @Override
  public boolean remove(String sha256, Instant unusedSince) {
    if (storedAt(sha256).filter(at -> at.isBefore(unusedSince)).isEmpty()) {
      return false;
    }
    try {
      client.deleteObject(
          DeleteObjectRequest.builder()
              .bucket(settings.bucket())
              .key(key(sha256))
              .overrideConfiguration(limit -> limit.apiCallTimeout(DELETE_WITHIN))
              .build());
      return true;
    } catch (SdkException e) {
      throw failed("content " + sha256 + " cannot be removed", e);
    }
  }

  @Override
  public Step list(String after, int most) {
    List<String> found = new ArrayList<>();
    String last = after;
    int seen = 0;
    try {
      while (seen < most) {
        ListObjectsV2Response page =
            client.listObjectsV2(
                ListObjectsV2Request.builder()
                    .bucket(settings.bucket())
                    .prefix(settings.prefix())
                    .startAfter(settings.prefix() + last)
                    .build());
        for (S3Object object : page.contents()) {
          last = object.key().substring(settings.prefix().length());
          seen++;
          if (ContentStore.isSha256(last)) {
            found.add(last);
          }
        }
        if (!Boolean.TRUE.equals(page.isTruncated())) {
          return new Step(found, "");
        }
      }
    } catch (SdkException e) {
      throw failed("the contents of bucket " + settings.bucket() + " cannot be listed", e);
    }
    return new Step(found, last);
  }

  @Override
  public Optional<Instant> storedAt(String sha256) {
    try {
      return Optional.of(
          client
              .headObject(
                  HeadObjectRequest.builder().bucket(settings.bucket()).key(key(sha256)).build())
              .lastModified());
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw failed("content " + sha256 + " cannot be examined", e);
    }
  }

  /**
   * None: an object is there as a whole or not at all; what is spooled is in the temporary folder.
   */
  @Override
  public int removeLeftovers(Instant before, int most) {
    return 0;
  }

  @Override
  public Optional<String> note(String name) {
    try (InputStream note =
        client.getObject(
            GetObjectRequest.builder()
                .bucket(settings.bucket())
                .key(settings.prefix() + ContentStore.requireNoteName(name))
                .overrideConfiguration(limit -> limit.apiCallTimeout(NOTE_WITHIN))
                .build())) {
      return Optional.of(new String(note.readNBytes(MAX_NOTE), StandardCharsets.UTF_8));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw failed("the note " + name + " cannot be read", e);
    } catch (IOException e) {
      throw new UncheckedIOException("the note " + name + " cannot be read", e);
    }
  }

  @Override
  public void writeNote(String name, String text) {
    try {
      client.putObject(
          PutObjectRequest.builder()
              .bucket(settings.bucket())
              .key(settings.prefix() + ContentStore.requireNoteName(name))
              .overrideConfiguration(limit -> limit.apiCallTimeout(NOTE_WITHIN))
              .build(),
          RequestBody.fromString(text));
    } catch (SdkException e) {
      throw failed("the note " + name + " cannot be written", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private String key(String sha256) {
    return settings.prefix() + ContentStore.requireSha256(sha256);
  }

  /** An unavailable store is an internal failure, like a full disk. */
  private static UncheckedIOException failed(String what, SdkException e) {
    return new UncheckedIOException(what, new IOException(e.getMessage(), e));
  }
}
