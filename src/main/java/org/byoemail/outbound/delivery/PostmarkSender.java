package org.byoemail.outbound.delivery;

import io.micrometer.common.KeyValues;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.AttemptOutcome.Trouble;
import org.byoemail.outbound.delivery.AttemptOutcome.Unknown;
import org.byoemail.platform.retry.RetryAfter;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Sends a mail by Postmark's HTTP API and notes the outcomes in it. Holds no database connection
 * while it waits for the answer. Safe for use by many threads.
 */
@Component("postmarkSender")
public class PostmarkSender {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration BODY_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);
  private static final int MAX_RECIPIENTS = 50;
  private static final int MAX_ANSWER_LENGTH = 65_536;

  private final TransportSettings.Postmark settings;
  private final PostmarkMail mails;
  private final SendObservations observations;
  private final Clock clock;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT_TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  PostmarkSender(
      TransportSettings settings, PostmarkMail mails, SendObservations observations, Clock clock) {
    this.settings = settings.postmark();
    this.mails = mails;
    this.observations = observations;
    this.clock = clock;
  }

  /**
   * Sends, in parts of 50 recipients. Whatever Postmark says, or fails to say, is noted in the mail
   * and not thrown.
   *
   * @throws MessagingException if the mail could not be read
   * @throws UncheckedIOException likewise
   */
  public void send(OutgoingMail mail) throws MessagingException {
    observations.observe(
        "email.postmark.send",
        KeyValues.empty(),
        KeyValues.of("server.address", String.valueOf(settings.baseUrl().getHost())),
        mail,
        () -> inParts(mail));
  }

  private void inParts(OutgoingMail mail) throws MessagingException {
    for (int from = 0; from < mail.envelope().size(); from += MAX_RECIPIENTS) {
      int to = Math.min(from + MAX_RECIPIENTS, mail.envelope().size());
      part(mail, mail.envelope().subList(from, to));
    }
  }

  private void part(OutgoingMail mail, List<EmailAddress> recipients) throws MessagingException {
    long size = mails.size(mail);
    if (size > settings.maxMessageSize().toBytes()) {
      Rejected tooLarge =
          new Rejected(
              "the message would be sent as %,d bytes; Postmark takes %,d"
                  .formatted(size, settings.maxMessageSize().toBytes()),
              "5.3.4");
      recipients.forEach(recipient -> mail.outcome(recipient, tooLarge));
      return;
    }
    try (PostmarkMail.Json json = mails.write(mail, recipients)) {
      answer(request(json)).noteIn(mail, recipients);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      all(mail, recipients, new Unknown("interrupted before Postmark answered", "no_answer"));
    } catch (ConnectException | HttpConnectTimeoutException | SSLException e) {
      all(
          mail,
          recipients,
          new Deferred("Postmark cannot be reached: " + e, "connect", Trouble.ACCOUNT, false));
    } catch (IOException e) {
      all(mail, recipients, new Unknown("no answer of Postmark: " + e, "no_answer"));
    }
  }

  /** The whole answer: the timeout of a request covers no more than its head. */
  private PostmarkAnswer answer(HttpRequest request) throws IOException, InterruptedException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    CompletableFuture<HttpResponse<Void>> answer =
        http.sendAsync(
            request,
            BodyHandlers.ofByteArrayConsumer(
                part ->
                    part.ifPresent(
                        bytes ->
                            text.write(
                                bytes,
                                0,
                                Math.min(bytes.length, MAX_ANSWER_LENGTH - text.size())))));
    try {
      HttpResponse<Void> head =
          answer.get(settings.timeout().plus(BODY_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
      return PostmarkAnswer.of(
          head.statusCode(),
          text.toString(StandardCharsets.UTF_8),
          RetryAfter.parse(
                  head.headers().firstValue("Retry-After").orElse(null),
                  clock.instant(),
                  MAX_RETRY_AFTER)
              .orElse(null));
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("its answer did not end in time");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException trouble) {
        throw trouble;
      }
      throw new IOException(e.getCause());
    } finally {
      // If it is still running, so that its connection is closed.
      answer.cancel(true);
    }
  }

  /**
   * Sends a plain text of the gateway itself to one recipient.
   *
   * @return why it was not accepted; null if it was
   */
  @Nullable String send(MimeMessage mail, EmailAddress to) {
    try {
      return answer(request(HttpRequest.BodyPublishers.ofString(mails.plain(mail, to)))).refusal();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted before Postmark answered";
    } catch (IOException | MessagingException e) {
      return "Postmark did not accept the mail: " + e;
    }
  }

  private HttpRequest request(PostmarkMail.Json json) throws IOException {
    return request(json.publisher());
  }

  private HttpRequest request(HttpRequest.BodyPublisher body) {
    String base = settings.baseUrl().toString().replaceAll("/+$", "");
    return HttpRequest.newBuilder(URI.create(base + "/email"))
        .timeout(settings.timeout())
        .header("Accept", "application/json")
        .header("Content-Type", "application/json")
        .header("X-Postmark-Server-Token", String.valueOf(settings.token()).strip())
        .POST(body)
        .build();
  }

  private static void all(
      OutgoingMail mail, List<EmailAddress> recipients, AttemptOutcome outcome) {
    recipients.forEach(recipient -> mail.outcome(recipient, outcome));
  }
}
