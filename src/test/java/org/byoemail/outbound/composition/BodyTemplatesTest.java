package org.byoemail.outbound.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Direction;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTemplatesTest {
  @TempDir private Path dir;
  private int changes;

  @Test
  void withoutTemplateTextStaysAndHtmlIsMadeADocument() {
    BodyParts parts = templates().around(message("Hello\n", "<p>Hello"));

    assertThat(parts.text()).isEqualTo("Hello\n");
    assertThat(parts.html()).startsWith("<!DOCTYPE html>").contains("<body>\n<p>Hello\n</body>");
    assertThat(templates().around(message("a", "<HTML><Body>x")).html()).isEqualTo("<HTML><Body>x");
    assertThat(templates().around(message("a", null)).html()).isNull();
  }

  @Test
  void templateStandsAroundBothParts() throws IOException {
    write("mail.txt", "{{body}}\n-- \n{{fromName}} <{{fromAddress}}>, {{ organization }}\n");
    write("mail.html", "<h1>{{subject}}</h1>{{body}}<footer>{{fromName}}</footer>");

    BodyParts parts = templates().around(message("Hello", "<p>{{subject}} $1 \\"));

    assertThat(parts.text()).isEqualTo("Hello\n-- \nAda & Co <ada@example.org>, acme\n");
    assertThat(parts.html())
        .isEqualTo("<h1>a &lt;b&gt;</h1><p>{{subject}} $1 \\<footer>Ada &amp; Co</footer>");
  }

  @Test
  void wholeDocumentKeepsItsBodyAndItsStyles() throws IOException {
    write("mail.html", "<html><body>{{body}}<hr>imprint</body></html>");

    String html =
        templates()
            .around(
                message(
                    "a",
                    "<html><head><title>t\u0130</title><STYLE>p {}</STYLE></head><BODY"
                        + " class=x><p>Hi</p></BODY></html>"))
            .html();

    assertThat(html)
        .isEqualTo("<html><body><STYLE>p {}</STYLE>\n<p>Hi</p><hr>imprint</body></html>");
  }

  @Test
  void changedFileIsUsedForTheNextMail() throws IOException {
    BodyTemplates templates = templates();
    write("mail.txt", "one {{body}}");
    String one = templates.around(message("x", null)).text();
    write("mail.txt", "two {{body}}");
    String two = templates.around(message("x", null)).text();
    Files.delete(dir.resolve("mail.txt"));

    assertThat(one).isEqualTo("one x");
    assertThat(two).isEqualTo("two x");
    assertThat(templates.around(message("x", null)).text()).isEqualTo("x");
  }

  @Test
  void fileThatIsBrokenLaterLeavesTheOneBefore() throws IOException {
    write("mail.txt", "good {{body}}");
    BodyTemplates templates = templates();
    write("mail.txt", "no place for it");

    assertThat(templates.around(message("x", null)).text()).isEqualTo("good x");
    assertThat(templates.around(message("y", null)).text()).isEqualTo("good y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "{{body}}{{body}}", "{{body}}{{password}}"})
  void fileThatCannotBeUsedStopsTheStart(String source) throws IOException {
    write("mail.html", source);

    assertThatThrownBy(this::templates)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mail.html");
  }

  private BodyTemplates templates() {
    return new BodyTemplates(new TemplateSettings(dir));
  }

  // Two changes within a tick of the file system's clock are told apart by a time of their own.
  private void write(String name, String source) throws IOException {
    Files.writeString(dir.resolve(name), source);
    Files.setLastModifiedTime(
        dir.resolve(name), FileTime.from(Instant.EPOCH.plusSeconds(++changes)));
  }

  private static Message message(String text, @Nullable String html) {
    return new Message(
        StoredMessageId.next(),
        new OrganizationId("acme"),
        ConversationId.next(),
        EndpointId.next(),
        Direction.OUTBOUND,
        "ada@example.org",
        "Ada & Co",
        List.of("ben@example.net"),
        List.of(),
        null,
        "a <b>",
        text,
        html,
        null,
        null,
        List.of(),
        List.of(),
        Map.of(),
        Instant.EPOCH,
        Instant.EPOCH);
  }
}
