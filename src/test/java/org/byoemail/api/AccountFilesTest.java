package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** Import and export of accounts, as CSV and as JSON lines. */
@ExtendWith(OutputCaptureExtension.class)
class AccountFilesTest extends WebTest {
  private static final String HEADER =
      "address,displayName,smtp.host,smtp.port,smtp.username,smtp.password,imap.host,imap.password\n";

  private String ours = "";
  private String key = "";
  private String agent = "";

  @BeforeEach
  void organization() {
    ours = fresh("ours");
    key = key("operator", ours);
    agent = agent(ours);
  }

  @Test
  void thousandLinesWithTenBadOnesAreTakenButForThose(CapturedOutput output) {
    String mark = fresh("many");
    String file =
        HEADER
            + IntStream.rangeClosed(1, 1000)
                .mapToObj(i -> i % 100 == 0 ? bad(mark, i / 100) : good(mark, i))
                .collect(Collectors.joining("\n"));

    Answer imported = importFile(key, "agent=" + agent, "text/csv", file);

    assertThat(imported.body().path("created").asInt()).isEqualTo(990);
    assertThat(imported.body().path("failed").asInt()).isEqualTo(10);
    assertThat(failed(imported))
        .containsExactly(
            "101 address",
            "201 address",
            "301 smtp.port",
            "401 smtp.port",
            "501 smtp.password",
            "601 line",
            "701 line",
            "801 smtp.host",
            "901 smtp.password",
            "1001 line");
    assertThat(imported.body().path("incomplete").isNull()).isTrue();
    assertThat(accounts(agent)).isEqualTo(990);

    Answer again = importFile(key, "agent=" + agent, "text/csv", file);

    assertThat(again.body().path("created").asInt()).isZero();
    assertThat(again.body().path("unchanged").asInt()).isEqualTo(990);
    assertThat(accounts(agent)).isEqualTo(990);
    // Of secrets, nothing is told or kept in the clear.
    assertThat(imported.body().toString()).doesNotContain("imported-secret");
    assertThat(export(key, "csv")).doesNotContain("imported-secret");
    assertThat(output.getAll()).doesNotContain("imported-secret");
    assertThat(
            jdbc.sql(
                    "SELECT count(*) FROM audit_entry WHERE details::text LIKE '%imported-secret%'")
                .query(Long.class)
                .single())
        .isZero();
    assertThat(entries("account.created")).isEqualTo(990);
    assertThat(entries("accounts.imported")).isEqualTo(2);
  }

  @Test
  void exportIsImportedAgainWithoutAChange() {
    String mark = fresh("trip");
    importFile(
        key,
        "agent=" + agent,
        "application/x-ndjson",
        """
        {"address":"a-%1$s@example.test","displayName":"=HYPERLINK(\\"https://evil.test\\")","smtp":{"host":"localhost","port":1025,"security":"none","password":"imported-secret"},"limits":{"messagesPerHour":5}}
        {"address":"b-%1$s@example.test","displayName":"A \\"quoted\\", long; name","imap":{"host":"localhost","port":1143,"security":"none","username":"b","password":"imported-secret","folders":["INBOX","Räume, alle"],"pollInterval":60,"idle":false,"afterIngest":"move","moveTo":"Done"}}
        """
            .formatted(mark));

    String csv = export(key, "csv");
    String json = export(key, "jsonl");
    Answer csvAgain = importFile(key, "onConflict=update", "text/csv", csv);
    Answer jsonAgain = importFile(key, "onConflict=update", "application/x-ndjson", json);
    String withMark = "\uFEFF" + csv;
    Answer withMarkAgain = importFile(key, "onConflict=update", "text/csv;charset=UTF-8", withMark);

    assertThat(csv.lines()).hasSize(4);
    assertThat(csv)
        .contains("\"'=HYPERLINK(\"\"https://evil.test\"\")\"", "Räume, alle")
        .doesNotContain("password", "imported-secret");
    assertThat(json.lines()).hasSize(2);
    assertThat(json).contains("\"=HYPERLINK").doesNotContain("password", "imported-secret");
    for (Answer answer : List.of(csvAgain, jsonAgain, withMarkAgain)) {
      assertThat(answer.body().path("unchanged").asInt()).as(answer.toString()).isEqualTo(2);
      assertThat(answer.body().path("failed").asInt()).isZero();
    }
  }

  @Test
  void accountThatExistsIsChangedOnlyIfThatWasAskedFor() {
    String address = fresh("ada") + "@example.test";
    String line = "address,displayName,smtp.host,smtp.password\n" + address + ",%s,%s,%s\n";
    String account =
        importFile(
                key,
                "agent=" + agent,
                "text/csv",
                line.formatted("Ada", "localhost", "first-secret"))
            .text("/lines/0/account");
    jdbc.sql(
            "UPDATE agent_email_account SET smtp_verified_at = now(), outbound_enabled = true,"
                + " version = version + 1 WHERE id = :id::uuid")
        .param("id", account)
        .update();
    String update = "onConflict=update&agent=" + agent;

    Answer skipped =
        importFile(key, "agent=" + agent, "text/csv", line.formatted("Eve", "localhost", "other"));
    Answer samePassword =
        importFile(key, update, "text/csv", line.formatted("Ada L.", "localhost", "first-secret"));
    JsonNode enabled = get(key, "/accounts/" + account).body();
    Answer otherHost = importFile(key, update, "text/csv", line.formatted("", "127.0.0.1", ""));
    Answer otherPassword =
        importFile(key, update, "text/csv", line.formatted("", "localhost", "second-secret"));
    JsonNode disabled = get(key, "/accounts/" + account).body();

    assertThat(skipped.text("/lines/0/result")).isEqualTo("unchanged");
    assertThat(skipped.text("/lines/0/account")).isEqualTo(account);
    assertThat(samePassword.text("/lines/0/result")).isEqualTo("updated");
    assertThat(enabled.path("displayName").asText()).isEqualTo("Ada L.");
    assertThat(enabled.path("outboundEnabled").asBoolean()).isTrue();
    assertThat(failed(otherHost)).containsExactly("2 smtp.password");
    assertThat(otherPassword.text("/lines/0/result")).isEqualTo("updated");
    assertThat(disabled.path("outboundEnabled").asBoolean()).isFalse();
    assertThat(disabled.path("displayName").asText()).isEqualTo("Ada L.");
  }

  @Test
  void otherOrganizationNeitherImportsNorExports() {
    String address = fresh("ada") + "@example.test";
    String theirs = key("operator", fresh("theirs"));
    importFile(key, "agent=" + agent, "text/csv", "address,smtp.host\n" + address + ",localhost\n");

    Answer intoOurs =
        importFile(
            theirs,
            "onConflict=update",
            "text/csv",
            "agent,address,smtp.host\n" + agent + "," + address + ",127.0.0.1\n");
    String seen = export(theirs, "jsonl");
    Answer asked = get(theirs, "/accounts/export?organization=" + ours);

    assertThat(failed(intoOurs)).containsExactly("2 agent");
    assertThat(seen).isEmpty();
    assertThat(asked.status()).isEqualTo(403);
  }

  @Test
  void addressOfAnotherAgentIsNamed() {
    String address = fresh("ada") + "@example.test";
    String file = "address,smtp.host\n" + address + ",localhost\n";
    importFile(key, "agent=" + agent, "text/csv", file);

    Answer taken = importFile(key, "onConflict=update&agent=" + agent(ours), "text/csv", file);

    assertThat(failed(taken)).containsExactly("2 address");
    assertThat(taken.text("/lines/0/errors/0/reason")).contains("belongs to another agent");
  }

  @Test
  void hostileLinesFailAloneAndAreNotRepeated() {
    String mark = fresh("hostile");
    byte[] file =
        bytes(
            HEADER
                + good(mark, 1)
                + "\n\"10 MB "
                + "x,\n".repeat(3_500_000)
                + "\",localhost\n"
                + good(mark, 2)
                + "\n"
                + "y".repeat(100_000)
                + "\nnot-latin1-",
            new byte[] {(byte) 0xe4, (byte) 0xff},
            "@example.test\nnul-\u0000@example.test\n"
                + good(mark, 3)
                + "\n\"never closed,"
                + "z\n".repeat(50_000));

    Answer imported = importFile(key, "agent=" + agent, "text/csv", file);

    assertThat(imported.body().path("created").asInt()).isEqualTo(3);
    assertThat(imported.body().path("failed").asInt()).isEqualTo(5);
    assertThat(failed(imported)).allMatch(line -> line.endsWith(" line"));
    assertThat(imported.text("/lines/1/errors/0/reason")).contains("longer than 65536 bytes");
    assertThat(imported.text("/lines/4/errors/0/reason")).isEqualTo("is not UTF-8");
    assertThat(imported.text("/lines/5/errors/0/reason")).contains("NUL");
    assertThat(imported.text("/lines/7/errors/0/reason")).contains("a quote is not closed");
    assertThat(imported.body().toString()).hasSizeLessThan(5000);
  }

  @Test
  void fileWithoutAUsableHeaderIsRefusedAsAWhole() {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "",
                "empty",
                "address,smtp.hots\nada@example.test,localhost\n",
                "smtp.hots",
                "address,address\n",
                "duplicate column",
                "displayName\nAda\n",
                "must have the column address",
                "\u0000\u0001\u0002PK\u0003\u0004",
                "NUL",
                "x".repeat(70_000),
                "longer than")
            .entrySet()) {
      Answer refused = importFile(key, "agent=" + agent, "text/csv", wrong.getKey());

      assertThat(refused.status()).as(wrong.getValue()).isEqualTo(400);
      assertThat(refused.fields()).containsExactly("header");
      assertThat(refused.text("/detail")).contains(wrong.getValue());
    }
    assertThat(
            importFile(key, "agent=" + agent, "text/csv;charset=iso-8859-1", "address\n").fields())
        .containsExactly("Content-Type");
    assertThat(importFile(key, "agent=" + agent, "application/pdf", "address\n").status())
        .isEqualTo(415);
    assertThat(importFile(key, "onConflict=replace", "text/csv", "address\n").fields())
        .containsExactly("onConflict");
  }

  @Test
  void jsonLinesAreReadStrictly() {
    String smtp = "\"smtp\":{\"host\":\"localhost\",\"port\":%s}";

    Answer imported =
        importFile(
            key,
            "agent=" + agent,
            "application/jsonl",
            """
            {"address":"a@example.test","smpt":{}}
            {"address":"a@example.test",%s}
            {"address":"a@example.test","address":"b@example.test"}
            {"address":"a@example.test","smtp":{"password":"json-secret"
            ["a@example.test"]
            %s
            """
                .formatted(
                    smtp.formatted("\"1025\""), "{\"a\":".repeat(5000) + "1" + "}".repeat(5000)));

    assertThat(failed(imported))
        .containsExactly("1 smpt", "2 smtp.port", "3 line", "4 line", "5 line", "6 line");
    assertThat(imported.body().toString()).doesNotContain("json-secret");
  }

  @Test
  void semicolonsOfASpreadsheetSeparateToo() {
    String address = fresh("ada") + "@example.test";

    Answer imported =
        importFile(
            key,
            "agent=" + agent,
            "text/csv",
            "address;displayName;smtp.host;smtp.password\r\n"
                + address
                + ";\"Ada; \"\"Lady\"\" L.\r\nof Byron\";localhost;a,b\"c\r\n");
    Answer good =
        importFile(
            key,
            "agent=" + agent,
            "text/csv",
            "address;displayName;smtp.host;smtp.password\r\n"
                + address
                + ";\"Ada; \"\"Lady\"\" L.\";localhost;a,b\"c\r\n");

    assertThat(failed(imported)).containsExactly("2 displayName");
    assertThat(good.text("/lines/0/result")).isEqualTo("created");
    assertThat(get(key, "/accounts/" + good.text("/lines/0/account")).text("/displayName"))
        .isEqualTo("Ada; \"Lady\" L.");
  }

  private static String good(String mark, int number) {
    return "%s-%d@example.test,Name %d,localhost,1025,user,imported-secret,localhost,imported-secret"
        .formatted(mark, number, number);
  }

  private static String bad(String mark, int kind) {
    String address = mark + "-bad" + kind + "@example.test";
    return switch (kind) {
      case 1 -> "no address,,localhost,1025,user,imported-secret,,";
      case 2 -> ",,localhost,1025,user,imported-secret,,";
      case 3 -> address + ",,localhost,70000,user,imported-secret,,";
      case 4 -> address + ",,localhost,many,user,imported-secret,,";
      case 5 -> address + ",,localhost,1025,user,,,";
      case 6 -> address + ",\"Ada\" Lovelace,localhost,1025,user,imported-secret,,";
      case 7 -> address + ",,localhost,1025,user,imported-secret,,,,,,,";
      case 8 -> address + ",,,1025,user,imported-secret,,";
      case 9 -> address + ",,localhost,1025,user," + "p".repeat(5000) + ",,";
      default -> address + "," + "n".repeat(70_000) + ",localhost,,,,,";
    };
  }

  private Answer importFile(String caller, String query, String contentType, Object file) {
    return send(
        MockMvcRequestBuilders.post("/api/v1/accounts/import?" + query)
            .header("Authorization", "Bearer " + caller)
            .contentType(contentType)
            .content(file instanceof byte[] bytes ? bytes : bytes(file)));
  }

  private String export(String caller, String format) {
    return new String(
        get(caller, "/accounts/export?format=" + format).response().getContentAsByteArray(),
        StandardCharsets.UTF_8);
  }

  /** The lines that failed, each with its first field. */
  private static List<String> failed(Answer imported) {
    return StreamSupport.stream(imported.body().path("lines").spliterator(), false)
        .filter(line -> line.path("result").asText().equals("failed"))
        .map(line -> line.path("line").asText() + " " + line.at("/errors/0/field").asText())
        .toList();
  }

  private long accounts(String owner) {
    return jdbc.sql("SELECT count(*) FROM agent_email_account WHERE agent_id = :agent::uuid")
        .param("agent", owner)
        .query(Long.class)
        .single();
  }

  private long entries(String action) {
    return jdbc.sql(
            "SELECT count(*) FROM audit_entry WHERE organization = :organization AND action = :action")
        .param("organization", ours)
        .param("action", action)
        .query(Long.class)
        .single();
  }

  private static byte[] bytes(Object... parts) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (Object part : parts) {
      all.writeBytes(
          part instanceof byte[] bytes ? bytes : part.toString().getBytes(StandardCharsets.UTF_8));
    }
    return all.toByteArray();
  }
}
