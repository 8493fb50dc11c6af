package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;

class SentFolderApiTest extends WebTest {

  @Test
  void accountWantsNoneUntilItIsTold() {
    String path = path(account("acme", fresh("ada") + "@example.org"));

    Answer before = get(ADMIN_KEY, path);
    Answer set = put(ADMIN_KEY, path, Map.of("enabled", true, "folder", "Gesendet"));

    assertThat(before.status()).isEqualTo(200);
    assertThat(before.body().path("enabled").asBoolean()).isFalse();
    assertThat(set.status()).isEqualTo(200);
    assertThat(get(ADMIN_KEY, path).text("/folder")).isEqualTo("Gesendet");
    assertThat(get(ADMIN_KEY, path).body().path("enabled").asBoolean()).isTrue();
    assertThat(get(ADMIN_KEY, path).body().path("waiting").asInt()).isZero();
  }

  @Test
  void whatCannotBeHadIsRefusedByName() {
    String id = account("acme", fresh("ada") + "@example.org");
    jdbc.sql("UPDATE agent_email_account SET imap_host = 'imap.gmail.com' WHERE id = :id::uuid")
        .param("id", id)
        .update();

    Answer gmail = put(ADMIN_KEY, path(id), Map.of("enabled", true));
    Answer missing = put(ADMIN_KEY, path(id), Map.of("folder", "Sent"));
    Answer lines = put(ADMIN_KEY, path(id), Map.of("enabled", false, "folder", "a\r\nb"));

    assertThat(gmail.status()).isEqualTo(400);
    assertThat(gmail.fields()).containsExactly("enabled");
    assertThat(missing.fields()).containsExactly("enabled");
    assertThat(lines.fields()).containsExactly("folder");
  }

  @Test
  void othersAccountsAreNotThere() {
    String id = account("acme", fresh("ada") + "@example.org");

    assertThat(get(key("operator", "another"), path(id)).status()).isEqualTo(404);
    assertThat(put(key("operator", "another"), path(id), Map.of("enabled", true)).status())
        .isEqualTo(404);
    assertThat(put(key("producer", "acme"), path(id), Map.of("enabled", true)).status())
        .isEqualTo(403);
  }

  private static String path(String account) {
    return "/accounts/" + account + "/sent-folder";
  }

  private Answer put(String key, String path, Object body) {
    return call(HttpMethod.PUT, key, path, body);
  }
}
