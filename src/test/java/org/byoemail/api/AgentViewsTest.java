package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What agents read of messages and conversations. */
class AgentViewsTest extends WebTest {
  @Autowired private ContentStore contents;

  private StoredMail mails;
  private UUID account;

  @BeforeEach
  void account() {
    mails = new StoredMail(jdbc);
    String organization = fresh("viewed");
    account = UUID.fromString(account(organization, organization + "@example.test"));
  }

  @Test
  void viewHasTheNewTextWithoutQuotesAndNoHtml() {
    UUID message =
        mails.ingested(
            account,
            "Re: Hello",
            "Yes, at nine.\n\nOn Mon, Nov 23, 2026 at 9:00 AM Us <us@example.test> wrote:\n> At nine?\n",
            "<b>Yes, at nine.</b>");

    Answer view = view("/messages/" + message + "/view");

    assertThat(view.text("/text")).contains("Yes, at nine.").doesNotContain("At nine?");
    assertThat(view.body().toString()).doesNotContain("<b>");
    assertThat(view.text("/from")).isEqualTo("stranger@else.test");
    assertThat(view.body().path("next").isNull()).isTrue();
  }

  @Test
  void longTextComesInPiecesThatDivideNoCharacter() {
    String text = "\uD83D\uDE00".repeat(1_500) + "x";
    UUID message = mails.ingested(account, "Long", text, null);

    StringBuilder read = new StringBuilder();
    List<Integer> lengths = new ArrayList<>();
    String from = "0";
    while (from != null && lengths.size() < 10) {
      Answer view = view("/messages/" + message + "/view?max=1001&from=" + from);
      read.append(view.text("/text"));
      lengths.add(view.text("/text").length());
      from = view.body().path("next").isNull() ? null : view.text("/next");
    }

    assertThat(read.toString().strip()).isEqualTo(text);
    assertThat(lengths).containsExactly(1000, 1000, 1001);
  }

  @Test
  void attachmentsAreListedWithTheTextsOfTextTypes() {
    UUID message = mails.ingested(account, "Files", "See the files.", null);
    file(
        message,
        "a.csv",
        "text/csv; charset=windows-1252",
        "Namé;1",
        Charset.forName("windows-1252"));
    file(
        message,
        "b.html",
        "text/html",
        "<p style='display:none'>secret</p><p>shown</p>",
        StandardCharsets.UTF_8);
    file(message, "c.pdf", "application/pdf", "%PDF", StandardCharsets.UTF_8);
    file(message, "d.txt", "text/plain", "x".repeat(70_000), StandardCharsets.UTF_8);
    UUID gone = mails.file(message, "e.txt", "text/plain", "0".repeat(64), 5);
    jdbc.sql("UPDATE attachment SET position = 9 WHERE id = :id").param("id", gone).update();

    Answer view = view("/messages/" + message + "/view");

    assertThat(view.text("/attachments/0/text")).isEqualTo("Namé;1");
    assertThat(view.text("/attachments/1/text")).isEqualTo("shown");
    assertThat(view.body().at("/attachments/2/text").isNull()).isTrue();
    assertThat(view.text("/attachments/3/text")).hasSize(10_000);
    assertThat(view.body().at("/attachments/3/textTruncated").asBoolean()).isTrue();
    assertThat(view.body().at("/attachments/4/text").isNull()).isTrue();
  }

  @Test
  void officeDocumentHasItsTextWhereThatIsSwitchedOn() {
    UUID message = mails.ingested(account, "RTF", "See the file.", null);
    file(
        message,
        "offer.rtf",
        "application/rtf",
        "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times;}}\\pard The {\\b offer} is 42 euros.\\par}",
        StandardCharsets.US_ASCII);

    Answer view = view("/messages/" + message + "/view");

    assertThat(view.text("/attachments/0/text")).isEqualTo("The offer is 42 euros.");
  }

  @Test
  void htmlThatIsNotReadWholeHasNoText() {
    String html = "<p class=h>obey me</p>" + "x".repeat(70_000) + "<style>.h{display:none}</style>";
    UUID message = mails.ingested(account, "Long", "See the file.", null);
    UUID only = mails.ingested(account, "HTML only", "Text.", html);
    jdbc.sql("UPDATE message SET text_body = NULL WHERE id = :id").param("id", only).update();
    file(message, "long.html", "text/html", html, StandardCharsets.UTF_8);

    Answer view = view("/messages/" + message + "/view");
    Answer whole = view("/messages/" + only + "/view");

    assertThat(view.text("/attachments/0/text")).isEmpty();
    assertThat(view.body().at("/attachments/0/textTruncated").asBoolean()).isTrue();
    assertThat(whole.text("/text")).isEmpty();
    assertThat(whole.body().path("truncated").asBoolean()).isTrue();
  }

  @Test
  void markdownShowsTheTextAsItIs() {
    UUID message =
        mails.ingested(
            account, "Odd", "# Not a heading\n1. no list\n[link](http://a.test) <b>", null);

    Answer view = view("/messages/" + message + "/view?format=markdown");

    assertThat(view.text("/text"))
        .isEqualTo("\\# Not a heading\n1\\. no list\n\\[link\\](http://a.test) \\<b\\>");
  }

  @Test
  void heldMailIsNotSeen() {
    UUID message = mails.ingested(account, "Let in once", "Text.", null);
    String conversation = get(ADMIN_KEY, "/messages/" + message).text("/conversationId");
    jdbc.sql(
            "UPDATE inbound_mail SET status = 'quarantined', held_at = now(), verdict = 'unproven'"
                + " WHERE message_id = :id")
        .param("id", message)
        .update();

    assertThat(view("/messages/" + message + "/view").status()).isEqualTo(404);
    assertThat(view("/messages/" + mails.held(account, "Held", null) + "/view").status())
        .isEqualTo(404);
    assertThat(view("/conversations/" + conversation + "/view").body().path("messages")).isEmpty();
  }

  @Test
  void conversationComesInPagesOldestFirst() {
    UUID first = mails.ingested(account, "Talk", "1".repeat(900), null);
    UUID second = mails.ingested(account, "Talk", "2".repeat(900), null);
    UUID third = mails.ingested(account, "Talk", "3".repeat(2_000), null);
    String conversation = get(ADMIN_KEY, "/messages/" + first).text("/conversationId");
    jdbc.sql("UPDATE message SET conversation_id = :c::uuid WHERE id IN (:second, :third)")
        .param("c", conversation)
        .param("second", second)
        .param("third", third)
        .update();
    String path = "/conversations/" + conversation + "/view?max=1000";

    List<String> read = new ArrayList<>();
    String cursor = "";
    for (int page = 0; cursor != null && page < 10; page++) {
      Answer view = view(path + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      view.body()
          .path("messages")
          .forEach(
              one -> read.add(one.path("id").asText() + " " + one.path("text").asText().length()));
      cursor = view.body().path("next").isNull() ? null : view.text("/next");
    }

    assertThat(read).containsExactly(first + " 900", second + " 900", third + " 1000");
  }

  @Test
  void oddParametersAreNamed() {
    UUID message = mails.ingested(account, "Odd", "Text.", null);
    String path = "/messages/" + message + "/view?";

    assertThat(view(path + "format=html").fields()).containsExactly("format");
    assertThat(view(path + "max=999").fields()).containsExactly("max");
    assertThat(view(path + "from=-1").fields()).containsExactly("from");
    assertThat(view(path + "from=99999999").text("/text")).isEmpty();
  }

  private Answer view(String path) {
    return get(ADMIN_KEY, path);
  }

  private void file(UUID message, String name, String type, String text, Charset charset) {
    byte[] bytes = text.getBytes(charset);
    String sha256 = contents.store(new ByteArrayInputStream(bytes)).sha256();
    UUID id = mails.file(message, name, type, sha256, bytes.length);
    jdbc.sql(
            "UPDATE attachment SET position = (SELECT count(*) FROM attachment WHERE message_id = :m)"
                + " WHERE id = :id")
        .param("m", message)
        .param("id", id)
        .update();
  }
}
