package org.byoemail.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.http.HttpMethod;

/** An organization of its own for each test, with an agent all of whose mail is reviewed. */
public abstract class ReviewWebTest extends SenderWebTest {
  @BeforeEach
  void reviewed() {
    always(false);
  }

  /** Has every mail of the organization reviewed. */
  protected void always(boolean fourEyes) {
    Map<String, Object> review = Map.of("when", "always", "fourEyes", fourEyes);
    Answer set =
        call(
            HttpMethod.PUT,
            key("admin", organization),
            "/sending-policy",
            Map.of("sendingPolicy", Map.of("review", review)));
    assertThat(set.status()).isEqualTo(200);
  }

  /** The id of a new message of the producer, which is in review. */
  protected String message() {
    return message(producer);
  }

  /** The id of a new message that was submitted with a key, which is in review. */
  protected String message(String key) {
    Map<String, Object> mail =
        Map.of(
            "id",
            fresh("mail"),
            "from",
            address,
            "to",
            List.of("ben@else.test"),
            "subject",
            "Hello of the test",
            "text",
            "Some text.",
            "html",
            "<p>Some <b>text</b>.</p><script>alert(1)</script>");
    Answer sent = post(key, "/messages", mail);
    assertThat(sent.status()).as(sent.body().toString()).isEqualTo(202);
    return sent.text("/messageId");
  }

  /** The id of a message's review. */
  protected String review(String message) {
    return get(operator, "/reviews?message=" + message).text("/items/0/id");
  }

  /** The state of a message's review. */
  protected String state(String message) {
    return get(operator, "/reviews?message=" + message).text("/items/0/state");
  }

  /** Ends the time to decide on a message. */
  protected void expire(String message) {
    jdbc.sql("UPDATE outbound_review SET expires_at = now() WHERE message_id = :id")
        .param("id", UUID.fromString(message))
        .update();
  }
}
