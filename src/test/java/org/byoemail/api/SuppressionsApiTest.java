package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SuppressionsApiTest extends WebTest {
  private String ours;
  private String operator;
  private String foreign;

  @BeforeEach
  void organizations() {
    ours = fresh("ours");
    operator = key("operator", ours);
    foreign = key("operator", fresh("theirs"));
  }

  @Test
  void addressIsSuppressedShownAndLifted() {
    Answer made =
        post(operator, "/suppressions", Map.of("address", "Ben@Example.test", "note", "asked to"));
    Answer listed = get(operator, "/suppressions?address=ben@example.test");
    Answer theirs = get(foreign, "/suppressions");
    Answer notTheirs = delete(foreign, "/suppressions?address=ben@example.test");
    Answer lifted = delete(operator, "/suppressions?address=ben@example.test");
    Answer after = get(operator, "/suppressions");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("/reason")).isEqualTo("manual");
    assertThat(listed.text("/items/0/address")).isEqualTo("ben@example.test");
    assertThat(listed.text("/items/0/words")).isEqualTo("asked to");
    assertThat(theirs.body().at("/items")).isEmpty();
    assertThat(notTheirs.status()).isEqualTo(404);
    assertThat(lifted.status()).isEqualTo(204);
    assertThat(after.body().at("/items")).isEmpty();
  }

  @Test
  void whatIsNoAddressIsRefusedByName() {
    Answer missing = post(operator, "/suppressions", Map.of());
    Answer malformed = post(operator, "/suppressions", Map.of("address", "ben"));
    Answer over =
        post(
            operator,
            "/suppressions",
            Map.of("address", "ben@example.test", "expiresAt", "2020-01-01T00:00:00Z"));

    assertThat(missing.fields()).containsExactly("address");
    assertThat(malformed.fields()).containsExactly("address");
    assertThat(over.fields()).containsExactly("expiresAt");
    assertThat(
            jdbc.sql("SELECT count(*) FROM suppression WHERE organization = :organization")
                .param("organization", ours)
                .query(Integer.class)
                .single())
        .isZero();
  }

  @Test
  void producerMayNotTouchTheList() {
    String producer = key("producer", fresh("ours"));

    assertThat(get(producer, "/suppressions").status()).isEqualTo(403);
  }
}
