package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.ApiKeys;
import org.byoemail.platform.access.NewApiKey;
import org.byoemail.platform.access.People;
import org.byoemail.platform.access.Permission;
import org.byoemail.platform.access.Role;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.support.TransactionTemplate;

/** How keys end, and how they are changed for others. */
class ApiKeysTest extends WebTest {
  private static final String PASSWORD = "a long enough password";

  @Autowired private ApiKeys keys;
  @Autowired private People people;
  @Autowired private TransactionTemplate transactions;

  @Test
  void keyOpensNothingAfterItsEndAndSaysSo() {
    Instant end = Instant.now().plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);
    Answer made =
        made(Map.of("name", fresh("key"), "role", "operator", "expiresAt", end.toString()));
    int before = get(made.text("/key"), "/agents").status();
    expire(made.text("/id"), "expires_at");

    Answer after = get(made.text("/key"), "/agents");

    assertThat(made.text("/expiresAt")).isEqualTo(end.toString());
    assertThat(before).isEqualTo(200);
    assertThat(after.status()).isEqualTo(401);
    assertThat(after.text("/detail")).contains("has expired");
  }

  @ParameterizedTest
  @CsvSource({"2020-01-01T00:00:00Z", "+9999-01-01T00:00:00Z"})
  void endThatIsNotAheadIsRefused(String end) {
    Answer answer =
        post(
            ADMIN_KEY,
            "/api-keys",
            Map.of("name", fresh("key"), "role", "producer", "expiresAt", end));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.fields()).containsExactly("expiresAt");
  }

  @Test
  void keySeesItsLimitAndIsRefusedBeyondIt() {
    Answer made = made(Map.of("name", fresh("key"), "role", "operator", "requestsPerMinute", 2));
    String key = made.text("/key");

    Answer first = get(key, "/agents");
    Answer second = post(key, "/messages", Map.of());
    Answer third = get(key, "/agents");

    assertThat(made.body().path("requestsPerMinute").asInt()).isEqualTo(2);
    assertThat(first.response().getHeader("RateLimit-Policy")).isEqualTo("\"key\";q=2;w=60");
    assertThat(first.response().getHeader("RateLimit")).matches("\"key\";r=1;t=\\d+");
    assertThat(second.status()).isEqualTo(400);
    assertThat(second.response().getHeader("RateLimit")).startsWith("\"key\";r=0;");
    assertThat(third.status()).isEqualTo(429);
    assertThat(third.text("/code")).isEqualTo("rate_limited");
    assertThat(Integer.parseInt(third.response().getHeader("Retry-After"))).isBetween(1, 30);
    assertThat(get(ADMIN_KEY, "/agents").response().getHeader("RateLimit")).isNull();
  }

  @Test
  void keyOfARoleWithALimitOfItsOwnGivesNoMore() {
    Answer maker = made(Map.of("name", fresh("key"), "role", "admin", "requestsPerMinute", 50));
    Map<String, Object> child = Map.of("name", fresh("key"), "role", "producer");
    Map<String, Object> greedy = new java.util.HashMap<>(child);
    greedy.put("requestsPerMinute", 51);

    assertThat(post(maker.text("/key"), "/api-keys", greedy).fields())
        .containsExactly("requestsPerMinute");
    assertThat(
            post(maker.text("/key"), "/api-keys", child).body().path("requestsPerMinute").asInt())
        .isEqualTo(50);
  }

  @Test
  void keyMakesNoKeyThatMayAskForMoreThanItself() {
    Answer maker =
        made(
            Map.of(
                "name",
                fresh("key"),
                "permissions",
                List.of("keys:manage", "agents:read"),
                "requestsPerMinute",
                100));
    Map<String, Object> child = Map.of("name", fresh("key"), "permissions", List.of("agents:read"));
    Map<String, Object> greedy = new java.util.HashMap<>(child);
    greedy.put("requestsPerMinute", 101);

    Answer refused = post(maker.text("/key"), "/api-keys", greedy);
    Answer inherited = post(maker.text("/key"), "/api-keys", child);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.fields()).containsExactly("requestsPerMinute");
    assertThat(inherited.body().path("requestsPerMinute").asInt()).isEqualTo(100);
    assertThat(
            post(
                    ADMIN_KEY,
                    "/api-keys",
                    Map.of("name", fresh("key"), "role", "producer", "requestsPerMinute", 0))
                .fields())
        .containsExactly("requestsPerMinute");
    assertThat(page("/console/api-keys/" + maker.text("/id"))).contains("Requests: 100 a minute");
  }

  @Test
  void bothSecretsOpenWhileTheyOverlap() {
    Answer made = made(Map.of("name", fresh("key"), "role", "operator"));

    Answer rotated = rotate(made, Map.of("overlap", 600));
    int old = get(made.text("/key"), "/agents").status();
    int current = get(rotated.text("/key"), "/agents").status();
    expire(made.text("/id"), "previous_expires_at");
    Answer later = get(made.text("/key"), "/agents");

    assertThat(rotated.status()).isEqualTo(200);
    assertThat(rotated.text("/key")).startsWith("byo_").isNotEqualTo(made.text("/key"));
    assertThat(Instant.parse(rotated.text("/previousExpiresAt")))
        .isBetween(Instant.now(), Instant.now().plusSeconds(601));
    assertThat(old).isEqualTo(200);
    assertThat(current).isEqualTo(200);
    assertThat(later.status()).isEqualTo(401);
    assertThat(get(rotated.text("/key"), "/agents").status()).isEqualTo(200);
  }

  @Test
  void rotationWithoutOverlapEndsTheSecretAtOnce() {
    Answer made = made(Map.of("name", fresh("key"), "role", "operator"));

    Answer rotated = rotate(made, Map.of("overlap", 0));

    assertThat(get(made.text("/key"), "/agents").status()).isEqualTo(401);
    assertThat(get(rotated.text("/key"), "/agents").status()).isEqualTo(200);
  }

  @Test
  void secondRotationEndsTheFirstSecret() {
    Answer first = made(Map.of("name", fresh("key"), "role", "operator"));

    Answer second = rotate(first, null);
    Answer third = rotate(first, null);

    assertThat(get(first.text("/key"), "/agents").status()).isEqualTo(401);
    assertThat(get(second.text("/key"), "/agents").status()).isEqualTo(200);
    assertThat(get(third.text("/key"), "/agents").status()).isEqualTo(200);
  }

  @Test
  void keyThatHasExpiredIsRotatedToALaterEndOnly() {
    Answer made = made(Map.of("name", fresh("key"), "role", "operator"));
    expire(made.text("/id"), "expires_at");

    Answer refused = rotate(made, null);
    Answer rotated =
        rotate(made, Map.of("expiresAt", Instant.now().plus(Duration.ofDays(1)).toString()));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.fields()).containsExactly("expiresAt");
    assertThat(get(rotated.text("/key"), "/agents").status()).isEqualTo(200);
    assertThat(get(made.text("/key"), "/agents").status()).isEqualTo(401);
  }

  @Test
  void rotationOfOthersKeysAndOddOverlapsAreRefused() {
    Answer made = made(Map.of("name", fresh("key"), "role", "operator"));
    String path = "/api-keys/" + made.text("/id") + "/rotate";

    assertThat(post(key("admin", fresh("theirs")), path, null).status()).isEqualTo(404);
    assertThat(post(key("operator", null), path, null).status()).isEqualTo(403);
    assertThat(rotate(made, Map.of("overlap", -1)).fields()).containsExactly("overlap");
    assertThat(rotate(made, Map.of("overlap", 2_592_001)).fields()).containsExactly("overlap");
  }

  @Test
  void useIsNotedOnceAnHourAndShown() {
    Answer made = made(Map.of("name", fresh("key"), "role", "operator"));
    get(made.text("/key"), "/agents");
    String noted = version(made);
    get(made.text("/key"), "/agents");
    String unchanged = version(made);
    jdbc.sql("UPDATE api_key SET last_used_at = now() - interval '61 min' WHERE id = :id::uuid")
        .param("id", made.text("/id"))
        .update();

    get(made.text("/key"), "/agents");

    assertThat(made.body().path("lastUsedAt").isNull()).isTrue();
    assertThat(unchanged).isEqualTo(noted);
    assertThat(shown(made).path("lastUsedAt").asText())
        .satisfies(used -> assertThat(Instant.parse(used)).isAfter(Instant.now().minusSeconds(60)));
  }

  private String version(Answer key) {
    return jdbc.sql("SELECT xmin::text FROM api_key WHERE id = :id::uuid")
        .param("id", key.text("/id"))
        .query(String.class)
        .single();
  }

  private JsonNode shown(Answer key) {
    return items(ADMIN_KEY, "/api-keys").stream()
        .filter(item -> item.path("id").asText().equals(key.text("/id")))
        .findAny()
        .orElseThrow(() -> new AssertionError("the key is not in the list"));
  }

  private Answer made(Map<String, Object> request) {
    Answer made = post(ADMIN_KEY, "/api-keys", request);
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    return made;
  }

  private Answer rotate(Answer key, Object request) {
    return post(ADMIN_KEY, "/api-keys/" + key.text("/id") + "/rotate", request);
  }

  private void expire(String id, String column) {
    jdbc.sql("UPDATE api_key SET " + column + " = now() - interval '1 s' WHERE id = :id::uuid")
        .param("id", id)
        .update();
  }

  @Test
  void keyHasThePermissionsThatItWasGiven() {
    Answer made = permitted(ADMIN_KEY, fresh("ours"), "messages:read", "agents:read");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.body().path("role").isNull()).isTrue();
    assertThat(made.body().path("permissions").toString())
        .isEqualTo("[\"messages:read\",\"agents:read\"]");
    assertThat(get(made.text("/key"), "/agents").status()).isEqualTo(200);
    assertThat(get(made.text("/key"), "/accounts").text("/detail"))
        .isEqualTo("this needs the permission accounts:read");
  }

  @Test
  void permissionsAreNamedOrRefused() {
    Answer unknown = permitted(ADMIN_KEY, fresh("ours"), "messages:read", "messages:burn");
    Answer none = permitted(ADMIN_KEY, fresh("ours"));
    Answer both =
        post(
            ADMIN_KEY,
            "/api-keys",
            "{\"name\":\"k\",\"role\":\"admin\",\"permissions\":[\"messages:read\"]}");

    assertThat(unknown.fields()).containsExactly("permissions[1]");
    assertThat(unknown.text("/errors/0/reason")).contains("messages:send");
    assertThat(none.fields()).containsExactly("permissions");
    assertThat(both.fields()).containsExactly("role");
  }

  @Test
  void keyMakesOnlyKeysThatMayNoMoreThanItself() {
    String ours = fresh("ours");
    Answer maker = permitted(ADMIN_KEY, ours, "keys:manage", "messages:read");

    Answer child = permitted(maker.text("/key"), ours, "messages:read");
    Answer stronger = permitted(maker.text("/key"), ours, "messages:send");
    Answer elsewhere = permitted(maker.text("/key"), fresh("theirs"), "messages:read");
    Answer role =
        post(maker.text("/key"), "/api-keys", Map.of("name", fresh("key"), "role", "producer"));

    assertThat(child.status()).isEqualTo(201);
    assertThat(stronger.fields()).containsExactly("permissions[0]");
    assertThat(elsewhere.status()).isEqualTo(403);
    assertThat(role.fields()).containsExactly("permissions");
  }

  @Test
  void keyWithPermissionsManagesOnlyWhatItHasMade() {
    String ours = fresh("ours");
    Answer maker = permitted(ADMIN_KEY, ours, "keys:manage", "messages:read");
    Answer child = permitted(maker.text("/key"), ours, "messages:read");
    Answer admin = made(Map.of("name", fresh("key"), "role", "admin", "organization", ours));
    Answer other = permitted(ADMIN_KEY, ours, "messages:read");

    for (Answer foreign : java.util.List.of(admin, other, maker)) {
      String path = "/api-keys/" + foreign.text("/id");
      assertThat(post(maker.text("/key"), path + "/rotate", null).status()).isEqualTo(404);
      assertThat(delete(maker.text("/key"), path).status()).isEqualTo(404);
    }
    assertThat(get(maker.text("/key"), "/api-keys").body().path("items").findValuesAsText("id"))
        .containsExactly(child.text("/id"));
    assertThat(get(admin.text("/key"), "/api-keys").body().path("items")).hasSize(4);
    assertThat(
            post(maker.text("/key"), "/api-keys/" + child.text("/id") + "/rotate", null).status())
        .isEqualTo(200);
  }

  @Test
  void keysEndWithTheKeyThatMadeThem() {
    String ours = fresh("ours");
    Answer root = made(Map.of("name", fresh("key"), "role", "admin", "organization", ours));
    Answer child = permitted(root.text("/key"), ours, "keys:manage", "agents:read");
    Answer grandchild = permitted(child.text("/key"), ours, "agents:read");
    Answer sibling = permitted(root.text("/key"), ours, "keys:manage", "agents:read");
    Answer nephew = permitted(sibling.text("/key"), ours, "agents:read");

    delete(root.text("/key"), "/api-keys/" + sibling.text("/id"));
    assertThat(get(nephew.text("/key"), "/agents").status()).isEqualTo(401);
    assertThat(get(grandchild.text("/key"), "/agents").status()).isEqualTo(200);
    expire(root.text("/id"), "expires_at");
    assertThat(get(grandchild.text("/key"), "/agents").status()).isEqualTo(401);
    jdbc.sql("DELETE FROM api_key WHERE id = :id::uuid").param("id", root.text("/id")).update();
    assertThat(items(ADMIN_KEY, "/api-keys").toString())
        .doesNotContain(child.text("/id"), grandchild.text("/id"));
  }

  @Test
  void expiryOfAMakerBoundsThatOfItsKeys() {
    String ours = fresh("ours");
    Instant end = Instant.now().plus(Duration.ofDays(2)).truncatedTo(ChronoUnit.SECONDS);
    Answer maker = permitted(ADMIN_KEY, ours, "keys:manage", "agents:read");
    Answer child = permitted(maker.text("/key"), ours, "agents:read");

    rotate(maker, Map.of("expiresAt", end.toString()));
    Answer later = rotate(child, Map.of("expiresAt", end.plusSeconds(9).toString(), "overlap", 60));

    assertThat(later.text("/expiresAt")).isEqualTo(end.toString());
    assertThat(get(later.text("/key"), "/agents").status()).isEqualTo(200);
    assertThat(get(child.text("/key"), "/agents").status()).isEqualTo(200);
  }

  @Test
  void openStreamsEndWithTheKeyAtTheRoot() {
    String ours = fresh("ours");
    Answer root = made(Map.of("name", fresh("key"), "role", "admin", "organization", ours));
    Answer child = permitted(root.text("/key"), ours, "keys:manage", "agents:read");
    Answer grandchild = permitted(child.text("/key"), ours, "agents:read");
    UUID id = UUID.fromString(grandchild.text("/id"));
    Set<UUID> before = keys.valid(List.of(id));

    expire(root.text("/id"), "expires_at");

    assertThat(before).containsExactly(id);
    assertThat(keys.valid(List.of(id))).isEmpty();
  }

  @Test
  void keyEndsWithItsParentWhateverItsOwnRowSays() {
    String ours = fresh("ours");
    Answer maker = permitted(ADMIN_KEY, ours, "keys:manage", "agents:read");
    Answer child = permitted(maker.text("/key"), ours, "agents:read");
    jdbc.sql("UPDATE permission_key SET expires_at = now() - interval '1 s' WHERE id = :id::uuid")
        .param("id", maker.text("/id"))
        .update();

    assertThat(get(child.text("/key"), "/agents").status()).isEqualTo(401);
    assertThat(keys.valid(List.of(UUID.fromString(child.text("/id"))))).isEmpty();
  }

  @Test
  void keyThatIsMadeDuringARotationHasItsExpiry() throws Exception {
    String ours = fresh("ours");
    Instant end = Instant.now().plus(Duration.ofDays(2)).truncatedTo(ChronoUnit.SECONDS);
    Answer top = permitted(ADMIN_KEY, ours, "keys:manage", "agents:read");
    Answer maker = permitted(top.text("/key"), ours, "keys:manage", "agents:read");
    FutureTask<NewApiKey> making =
        new FutureTask<>(
            () ->
                keys.create(
                    fresh("key"),
                    Set.of(Permission.AGENTS_READ),
                    null,
                    new OrganizationId(ours),
                    new ApiKeys.Maker(UUID.fromString(maker.text("/id")), null),
                    null,
                    null));

    transactions.executeWithoutResult(
        status -> {
          keys.rotate(null, UUID.fromString(top.text("/id")), Duration.ZERO, end);
          startAndAwaitLock(making);
        });

    assertThat(making.get(10, TimeUnit.SECONDS).key().expiresAt()).isEqualTo(end);
  }

  @Test
  void keysOfAPersonEndWithThePersonAndAreNotRevived() {
    String ours = fresh("ours");
    String person = person(ours, "admin");
    NewApiKey own = ofPerson(person, Role.ADMIN, ours);
    Answer made = post(own.secret(), "/api-keys", Map.of("name", fresh("key"), "role", "operator"));
    Answer permitted = permitted(own.secret(), ours, "agents:read");
    List<String> secrets = List.of(own.secret(), made.text("/key"), permitted.text("/key"));
    assertThat(secrets).allSatisfy(one -> assertThat(get(one, "/agents").status()).isEqualTo(200));

    patch(ADMIN_KEY, "/people/" + person, Map.of("disabled", true));
    patch(ADMIN_KEY, "/people/" + person, Map.of("disabled", false));

    assertThat(secrets).allSatisfy(one -> assertThat(get(one, "/agents").status()).isEqualTo(401));
    assertThat(
            jdbc.sql(
                    """
                    SELECT details->>'reason' FROM audit_entry
                    WHERE action = 'api_key.deleted' AND organization = :organization
                    """)
                .param("organization", ours)
                .query(String.class)
                .list())
        .hasSize(3)
        .containsOnly("the person who made it is disabled");
  }

  @Test
  void keysOfAPersonWhoIsDeletedEnd() {
    String ours = fresh("ours");
    String person = person(ours, "admin");
    NewApiKey own = ofPerson(person, Role.PRODUCER, ours);

    delete(ADMIN_KEY, "/people/" + person);

    assertThat(get(own.secret(), "/messages").status()).isEqualTo(401);
  }

  @Test
  void keyThatMayDoMoreThanThePersonWhoMadeItEnds() {
    String ours = fresh("ours");
    String person = person(ours, "admin");
    NewApiKey strong = ofPerson(person, Role.ADMIN, ours);
    NewApiKey weak = ofPerson(person, Role.OPERATOR, ours);

    patch(ADMIN_KEY, "/people/" + person, Map.of("roles", List.of("operator")));
    int strongNow = get(strong.secret(), "/agents").status();
    int weakNow = get(weak.secret(), "/agents").status();
    patch(ADMIN_KEY, "/people/" + person, Map.of("organization", fresh("elsewhere")));

    assertThat(strongNow).isEqualTo(401);
    assertThat(weakNow).isEqualTo(200);
    assertThat(get(weak.secret(), "/agents").status()).isEqualTo(401);
  }

  @Test
  void keyThatIsMadeInTheConsoleIsThePersons() throws Exception {
    String ours = fresh("ours");
    String person = person(ours, "admin");
    String name = fresh("made in the console");

    mvc.perform(
        MockMvcRequestBuilders.post("/console/api-keys")
            .cookie(loginOf(ours + "@people.test", PASSWORD))
            .with(csrf())
            .param("name", name)
            .param("role", "producer")
            .param("organization", ours));

    assertThat(items(ADMIN_KEY, "/api-keys"))
        .filteredOn(key -> key.path("name").asText().equals(name))
        .singleElement()
        .satisfies(key -> assertThat(key.path("madeByPerson").asText()).isEqualTo(person));
  }

  @Test
  void keyIsNotMadeWhileItsMakerIsDisabled() throws Exception {
    String ours = fresh("ours");
    String person = person(ours, "admin");
    FutureTask<NewApiKey> making = new FutureTask<>(() -> ofPerson(person, Role.PRODUCER, ours));

    transactions.executeWithoutResult(
        status -> {
          people.setDisabled(null, UUID.fromString(person), true);
          startAndAwaitLock(making);
        });

    assertThatThrownBy(() -> making.get(10, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(ApiKeys.MakerChanged.class);
    assertThat(keys.countOf(UUID.fromString(person))).isZero();
  }

  @Test
  void keyOfAPersonWhomAnOlderNodeDisabledOpensNothingAndIsNotRevived() {
    String ours = fresh("ours");
    String person = person(ours, "admin");
    NewApiKey own = ofPerson(person, Role.PRODUCER, ours);

    jdbc.sql("UPDATE person SET disabled_at = statement_timestamp() WHERE id = :id")
        .param("id", UUID.fromString(person))
        .update();

    int whileDisabled = get(own.secret(), "/messages").status();
    Set<UUID> valid = keys.valid(List.of(own.key().id()));
    patch(ADMIN_KEY, "/people/" + person, Map.of("disabled", false));

    assertThat(whileDisabled).isEqualTo(401);
    assertThat(valid).isEmpty();
    assertThat(get(own.secret(), "/messages").status()).isEqualTo(401);
  }

  private NewApiKey ofPerson(String person, Role role, String organization) {
    return keys.create(
        fresh("own"),
        role,
        new OrganizationId(organization),
        new ApiKeys.Maker(null, UUID.fromString(person)),
        null,
        null);
  }

  private String person(String organization, String role) {
    return person(organization + "@people.test", organization, role, PASSWORD);
  }

  private Answer permitted(String by, String organization, String... permissions) {
    return post(
        by,
        "/api-keys",
        Map.of("name", fresh("key"), "organization", organization, "permissions", permissions));
  }
}
