package org.byoemail.flow;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.support.ApiClient;
import org.byoemail.support.ApiClient.Answer;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.LinkBrowser;
import org.byoemail.support.SmtpSink;

/**
 * People who decide on the same reviews at once and at random, over any node that answers: each key
 * over the API, and one person by the links in the mails that ask for it. A tenth of the mails, by
 * the number in the subject, they leave undecided.
 */
final class Reviewers implements AutoCloseable {
  private static final int PAUSE_MILLIS = 100;
  private static final int PEOPLE = 3;

  /** So that no way to decide is always the first. */
  private static final double SHARE_OF_A_TURN = 0.2;

  private static final Pattern LINK = Pattern.compile("/connect/review/[A-Za-z0-9_-]{43}");
  private static final Pattern SUBJECT = Pattern.compile("Subject: +\"([^\"]+)\"");
  private static final Pattern REVIEW = Pattern.compile("/console/reviews/([0-9a-f-]{36})");

  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(PEOPLE);
  private final Map<String, String> seen = new ConcurrentHashMap<>();
  private final Map<String, String> decided = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger conflicts = new AtomicInteger();
  private final AtomicInteger byLink = new AtomicInteger();
  private final Set<String> doneLinks = new HashSet<>();

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

  /**
   * One more person decides by links.
   *
   * @param mails takes the mail to that person
   * @param code of that person
   */
  void decideByLinks(List<GatewayProcess> nodes, SmtpSink mails, String code, Random seeds) {
    List<Integer> ports = nodes.stream().map(GatewayProcess::httpPort).toList();
    Random random = new Random(seeds.nextLong());
    threads.scheduleWithFixedDelay(
        () -> {
          try {
            mails.arrived().forEach(mail -> decide(mail, ports, code, random));
          } catch (UncheckedIOException away) {
            // The node was killed: another one at the next turn.
          } catch (RuntimeException e) {
            wrong.add(e.toString());
          }
        },
        0,
        PAUSE_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private void decide(SmtpSink.Arrived mail, List<Integer> ports, String code, Random random) {
    String text = String.join("\n", mail.lines());
    Matcher link = LINK.matcher(text);
    Matcher subject = SUBJECT.matcher(text);
    if (!link.find() || !subject.find() || isLeft(subject.group(1))) {
      return; // Cut short by a kill, or left undecided.
    }
    if (doneLinks.contains(link.group())) {
      return;
    }
    LinkBrowser browser =
        new LinkBrowser(ports.get(random.nextInt(ports.size())), "http://any" + link.group());
    HttpResponse<String> page = browser.open();
    Matcher review = REVIEW.matcher(page.body());
    if (page.statusCode() == 503) {
      return;
    }
    if (page.statusCode() != 200 || !review.find()) {
      doneLinks.add(link.group());
      if (page.statusCode() == 410) {
        conflicts.incrementAndGet();
      } else if (!page.body().contains("You have decided")) {
        wrong.add(link.group() + ": " + page.statusCode());
      }
      return;
    }
    String seenMail = browser.get("http://any" + link.group() + "/mail").body();
    boolean approves = random.nextInt(10) >= 3;
    HttpResponse<String> answer =
        browser.submit(
            approves ? "approve" : "reject",
            "version",
            "1",
            "code",
            code,
            "reason",
            approves ? "" : "not by this link");
    if (answer.statusCode() == 503) {
      return;
    }
    doneLinks.add(link.group());
    if (answer.statusCode() == 409 || answer.statusCode() == 410) {
      conflicts.incrementAndGet();
    } else if (answer.statusCode() != 200 || !answer.body().contains("You have decided")) {
      wrong.add(link.group() + ": " + answer.statusCode() + " " + answer.body());
    } else {
      byLink.incrementAndGet();
      String other = decided.putIfAbsent(review.group(1), approves ? "approved" : "rejected");
      if (other != null) {
        wrong.add("by link: " + review.group(1) + ", after " + other);
      } else if (approves) {
        seen.put(subject.group(1), seenMail);
      }
    }
  }

  /** How many decisions were made by links. */
  int byLink() {
    return byLink.get();
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
        if (!isLeft(review.path("subject").asText()) && random.nextDouble() < SHARE_OF_A_TURN) {
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
