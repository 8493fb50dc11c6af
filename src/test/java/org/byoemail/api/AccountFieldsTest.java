package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataIntegrityViolationException;

/** Every field of an account in its invalid forms, on creation and on change. */
class AccountFieldsTest extends WebTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LONG = "x".repeat(5_000);

  private String agent;
  private String account;
  private String before;

  @BeforeEach
  void account() {
    String organization = fresh("fields");
    agent = agent(organization);
    account = account(organization, fresh("ada") + "@example.test");
    before = get(ADMIN_KEY, "/accounts/" + account).body().toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "displayName: 5                        | displayName",
        "displayName: 'a\\nBcc: x'             | displayName",
        "displayName: 'LONG'                   | displayName",
        "smtp: 'mail.test'                     | smtp",
        "smtp: {'host': 5}                     | smtp.host",
        "smtp: {'host': ''}                    | smtp.host",
        "smtp: {'host': 'two words'}           | smtp.host",
        "smtp: {'host': 'a@b.test'}            | smtp.host",
        "smtp: {'host': 'a\\nb'}               | smtp.host",
        "smtp: {'host': 'LONG'}                | smtp.host",
        "smtp: {'port': 'many'}                | smtp.port",
        "smtp: {'port': 0}                     | smtp.port",
        "smtp: {'port': 65536}                 | smtp.port",
        "smtp: {'port': 587.5}                 | smtp.port",
        "smtp: {'security': 'tls'}             | smtp.security",
        "smtp: {'security': ''}                | smtp.security",
        "smtp: {'security': true}              | smtp.security",
        "smtp: {'auth': 'cram-md5'}            | smtp.auth",
        "smtp: {'username': 'a\\nb'}           | smtp.username",
        "smtp: {'username': 'LONG'}            | smtp.username",
        "smtp: {'password': 'a\\nb'}           | smtp.password",
        "smtp: {'password': 'LONG'}            | smtp.password",
        "smtp: {'password': 5}                 | smtp.password",
        "smtp: {'hots': 'mail.test'}           | smtp.hots",
        "imap: {'host': 'two words'}           | imap.host",
        "imap: {'port': -1}                    | imap.port",
        "imap: {'security': 'always'}          | imap.security",
        "imap: {'auth': 'xoauth'}              | imap.auth",
        "imap: {'folder': 5}                   | imap.folder",
        "imap: {'folder': 'a\\nb'}             | imap.folder",
        "imap: {'folders': 'INBOX'}            | imap.folders",
        "imap: {'folders': []}                 | imap.folders",
        "imap: {'folders': ['A', 'A']}         | imap.folders",
        "imap: {'folders': ['A', null]}        | imap.folders",
        "imap: {'pollInterval': 29}            | imap.pollInterval",
        "imap: {'pollInterval': 86401}         | imap.pollInterval",
        "imap: {'pollInterval': 'often'}       | imap.pollInterval",
        "imap: {'idle': 'perhaps'}             | imap.idle",
        "imap: {'afterIngest': 'archive'}      | imap.afterIngest",
        "imap: {'afterIngest': 'move'}         | imap.moveTo",
        "imap: {'moveTo': 'a\\nb'}             | imap.moveTo",
        "imap: {'backfillSince': 'yesterday'}  | imap.backfillSince",
        "limits: {'connections': 0}            | limits.connections",
        "limits: {'perMinute': 'many'}         | limits.perMinute",
        "limits: {'perCentury': 1}             | limits.perCentury",
        "bounceAccount: 'nobody'               | bounceAccount",
        "retention: 5                          | retention"
      })
  void wrongFieldIsNamedAndNothingIsChanged(String field, String named) {
    String json = field.replace("'", "\"").replace("LONG", LONG);
    int colon = json.indexOf(':');
    String name = json.substring(0, colon);
    JsonNode value = tree(json.substring(colon + 1));
    ObjectNode change = JSON.createObjectNode();
    change.set(name, value);
    ObjectNode whole =
        (ObjectNode)
            tree(
                """
                {"agent": "%s", "address": "%s@example.test",
                  "smtp": {"host": "localhost", "port": 2525, "security": "none", "auth": "none"},
                  "imap": {"host": "localhost", "port": 2143, "security": "none", "auth": "plain",
                    "password": "secret"}}
                """
                    .formatted(agent, fresh("ben")));
    if (value.isObject() && whole.has(name)) {
      ((ObjectNode) whole.get(name)).setAll((ObjectNode) value);
    } else {
      whole.set(name, value);
    }

    Answer changed = patch(ADMIN_KEY, "/accounts/" + account, change.toString());
    Answer created = post(ADMIN_KEY, "/accounts", whole.toString());

    assertThat(changed.status()).as(changed.body().toString()).isEqualTo(400);
    assertThat(changed.fields()).as(changed.body().toString()).contains(named);
    assertThat(changed.body().toString()).doesNotContain(LONG);
    assertThat(changed.body().toString()).doesNotContain("the wrong type", "is unknown\"");
    assertThat(created.status()).as(created.body().toString()).isEqualTo(400);
    assertThat(created.fields()).as(created.body().toString()).contains(named);
    assertThat(get(ADMIN_KEY, "/accounts/" + account).body()).hasToString(before);
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`{\"address\": \"a@b.test\", \"smtp\": {\"host\": \"h.test\"}}`                  | agent",
        "`{\"agent\": 5, \"address\": \"a@b.test\", \"smtp\": {\"host\": \"h.test\"}}`     | agent",
        "`{\"agent\": \"x\", \"address\": \"a@b.test\", \"smtp\": {\"host\": \"h.test\"}}` | agent",
        "`{\"agent\": \"AGENT\", \"smtp\": {\"host\": \"h.test\"}}`                       | address",
        "`{\"agent\": \"AGENT\", \"address\": \"two@\", \"smtp\": {\"host\": \"h.test\"}}` | address",
        "`{\"agent\": \"AGENT\", \"address\": \"a@b.test\"}`                              | smtp",
        "`{\"agent\": \"AGENT\", \"address\": \"a@b.test\", \"smtp\": {\"host\": \"h.test\", \"auth\":"
            + " \"plain\"}}` | smtp.password",
        "`{\"agent\": \"AGENT\", \"address\": \"a@b.test\", \"smtp\": {\"auth\": \"oauth2\"}}` |"
            + " oauth.provider"
      })
  void accountThatLacksSomethingIsNotCreated(String body, String named) {
    Answer created = post(ADMIN_KEY, "/accounts", body.replace("AGENT", agent));

    assertThat(created.status()).as(created.body().toString()).isEqualTo(400);
    assertThat(created.fields()).as(created.body().toString()).contains(named);
  }

  @Test
  void agentAndAddressOfAnAccountCannotBeChanged() {
    for (String field : new String[] {"agent", "address"}) {
      Answer changed = patch(ADMIN_KEY, "/accounts/" + account, "{\"" + field + "\": \"x\"}");

      assertThat(changed.status()).isEqualTo(400);
      assertThat(changed.fields()).containsExactly(field);
    }
  }

  @Test
  void databaseStoresNoAccountOfAnExternalEndpoint() {
    jdbc.sql(
            "INSERT INTO endpoint (id, address, created_at) VALUES (gen_random_uuid(), :address,"
                + " now())")
        .param("address", account + "@else.test")
        .update();

    assertThatThrownBy(
            () ->
                jdbc.sql(
                        """
                        UPDATE agent_email_account SET endpoint_id =
                          (SELECT id FROM endpoint WHERE address = :address) WHERE id = :id::uuid
                        """)
                    .param("address", account + "@else.test")
                    .param("id", account)
                    .update())
        .isInstanceOf(DataIntegrityViolationException.class);
  }
}
