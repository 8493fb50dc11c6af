package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;

class DeadLettersApiTest extends WebTest {

  @Test
  void rejectedSubmissionIsSeenByItsOrganizationAlone() {
    String ours = fresh("ours");
    UUID id = rejected(ours);

    Answer own = get(key("operator", ours), "/dead-letters");
    Answer others = get(key("operator", fresh("theirs")), "/dead-letters");
    Answer resent = post(key("operator", ours), "/dead-letters/" + id + "/resend", null);
    Answer foreign =
        post(key("operator", fresh("theirs")), "/dead-letters/" + id + "/resend", null);

    assertThat(own.text("/items/0/id")).isEqualTo(id.toString());
    assertThat(own.text("/items/0/kind")).isEqualTo("submission");
    assertThat(own.text("/items/0/explanation")).contains("from is needed");
    assertThat(others.body().at("/items")).isEmpty();
    assertThat(foreign.status()).isEqualTo(404);
    assertThat(resent.status()).isEqualTo(400);
    assertThat(resent.fields()).contains("from");
  }

  @Test
  void everythingIsPausedByWhoMayTouchEverything() {
    Answer refused = post(key("operator", fresh("ours")), "/sending/pause", null);

    Answer paused = post(ADMIN_KEY, "/sending/pause", null);
    Answer shown = get(ADMIN_KEY, "/sending");
    Answer resumed = post(ADMIN_KEY, "/sending/resume", null);

    assertThat(refused.status()).isEqualTo(403);
    assertThat(paused.status()).isEqualTo(202);
    assertThat(shown.body().at("/paused").asBoolean()).isTrue();
    assertThat(resumed.status()).isEqualTo(202);
    assertThat(get(ADMIN_KEY, "/sending").body().at("/paused").asBoolean()).isFalse();
  }

  private UUID rejected(String organization) {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO rejected_submission (id, broker_id, organization, reason, body, created_at)
            VALUES (:id, :broker, :organization, 'from is needed', '{}'::bytea, now())
            """)
        .param("id", id)
        .param("broker", fresh("queue"))
        .param("organization", organization)
        .update();
    return id;
  }
}
