package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;

class DraftsFolderApiTest extends WebTest {

  @Test
  void draftsAreMirroredOnlyWhereItIsWanted() {
    String organization = fresh("mirrored");
    String address = organization + "@example.org";
    String path = path(account(organization, address));
    post(key("producer", organization), "/drafts", Map.of("from", address));

    Answer before = get(ADMIN_KEY, path);
    Answer set = put(ADMIN_KEY, path, Map.of("mirrorDrafts", true, "folder", "Entwürfe"));

    assertThat(before.status()).isEqualTo(200);
    assertThat(before.body().path("mirrorDrafts").asBoolean()).isFalse();
    assertThat(before.body().path("waiting").asInt()).isZero();
    assertThat(set.status()).isEqualTo(200);
    assertThat(set.text("/folder")).isEqualTo("Entwürfe");
    assertThat(set.body().path("mirrorDrafts").asBoolean()).isTrue();
    assertThat(set.body().path("waiting").asInt()).isEqualTo(1);
  }

  @Test
  void whatCannotBeHadIsRefusedByName() {
    String id = account("acme", fresh("ada") + "@example.org");
    String sendsOnly = account("acme", fresh("eve") + "@example.org");
    jdbc.sql(
            "UPDATE agent_email_account SET imap_host = NULL, imap_port = NULL, imap_security = NULL,"
                + " imap_auth = NULL WHERE id = :id::uuid")
        .param("id", sendsOnly)
        .update();

    assertThat(put(ADMIN_KEY, path(id), Map.of("folder", "Drafts")).fields())
        .containsExactly("mirrorDrafts");
    assertThat(put(ADMIN_KEY, path(id), Map.of("mirrorDrafts", true, "folder", "a\nb")).fields())
        .containsExactly("folder");
    assertThat(put(ADMIN_KEY, path(sendsOnly), Map.of("mirrorDrafts", true)).fields())
        .containsExactly("mirrorDrafts");
  }

  private static String path(String account) {
    return "/accounts/" + account + "/drafts-folder";
  }

  private Answer put(String key, String path, Object body) {
    return call(HttpMethod.PUT, key, path, body);
  }
}
