package org.byoemail.flow;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.byoemail.support.ApiClient;
import org.byoemail.support.ApiClient.Answer;
import org.byoemail.support.GatewayProcess;

/**
 * Two people who decide on the same reviews at once and at random, each over the API of any node
 * that answers. A tenth of the mails, by the number in the subject, they leave undecided.
 */
final class Reviewers implements AutoCloseable {
  private static final int PAUSE_MILLIS = 100;
  private static final int PEOPLE = 2;

  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(PEOPLE);
  private final Map<String, String> seen = new ConcurrentHashMap<>();
  private final Map<String, String> decided = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger conflicts = new AtomicInteger();

  private Reviewers() {}

  /** They begin to decide on the mails of the organization of those keys. */
  static Reviewers start(List<GatewayProcess> nodes, List<String> keys, Random seeds) {
    Reviewers reviewers = new Reviewers();
    for (String key : keys) {
      List<ApiClient> apis =
          nodes.stream()
              .map(node -> new ApiClient("http://127.0.0.1:" + node.httpPort(), key))
              .toList();
      Random random = new Random(seeds.nextLong());
      reviewers.threads.scheduleWithFixedDelay(
          () -> reviewers.decideAll(apis, random), 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
    return reviewers;
  }

  /** Whether they leave a mail undecided. */
  static boolean isLeft(String subject) {
    return number(subject) % 10 == 0;
  }

  private static int number(String subject) {
    return Integer.parseInt(subject.substring(subject.lastIndexOf('-') + 1));
  }

  /** The mails as they were looked at before they were approved unchanged, by the subject. */
  Map<String, String> seen() {
    return Map.copyOf(seen);
  }

  /** What a node confirmed, by the id of the review: approved or rejected. */
  Map<String, String> decided() {
    return Map.copyOf(decided);
  }

  /** Answers that no fault explains. */
  List<String> wrong() {
    return List.copyOf(wrong);
  }

  /** How many decisions came too late. */
  int conflicts() {
    return conflicts.get();
  }

  private void decideAll(List<ApiClient> nodes, Random random) {
    try {
      List<JsonNode> open = new ArrayList<>();
      node(nodes, random)
          .get("/reviews?state=requested&limit=200")
          .body()
          .path("items")
          .forEach(open::add);
      for (JsonNode review : open) {
        if (!isLeft(review.path("subject").asText())) {
          decide(node(nodes, random), review, random);
        }
      }
    } catch (UncheckedIOException away) {
      // The node was killed: another one at the next turn, which lists what is still open.
    } catch (RuntimeException e) {
      wrong.add(e.toString());
    }
  }

  private static ApiClient node(List<ApiClient> nodes, Random random) {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private void decide(ApiClient api, JsonNode review, Random random) {
    String path = "/reviews/" + review.path("id").asText();
    Map<String, Object> request = new HashMap<>();
    request.put("version", review.path("version").asInt());
    int choice = random.nextInt(10);
    if (choice < 3) {
      request.put("reason", "not this one");
      take(review, "rejected", api.post(path + "/reject", request));
    } else if (choice < 4) {
      request.put("edits", Map.of("text", "Text as a reviewer wrote it."));
      take(review, "approved", api.post(path + "/approve", request));
    } else {
      String subject = review.path("subject").asText();
      String mail = version(api, path, review.path("version").asInt());
      if (mail.contains("Subject: " + subject)
          && take(review, "approved", api.post(path + "/approve", request))) {
        seen.put(subject, mail);
      }
    }
  }

  /** A version as reviewers see it. */
  static String version(ApiClient api, String path, int version) {
    return new String(
        api.bytes(path + "/versions/" + version + "/raw"), StandardCharsets.ISO_8859_1);
  }

  private boolean take(JsonNode review, String decision, Answer answer) {
    if (answer.status() == 409) {
      conflicts.incrementAndGet();
      return false;
    }
    if (answer.status() == 503) {
      return false; // It does not serve yet, or not any more.
    }
    String id = review.path("id").asText();
    String other = answer.status() == 200 ? decided.putIfAbsent(id, decision) : null;
    if (answer.status() != 200 || other != null) {
      wrong.add("%s of %s: %s, after %s".formatted(decision, id, answer, other));
    }
    return answer.status() == 200;
  }

  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
