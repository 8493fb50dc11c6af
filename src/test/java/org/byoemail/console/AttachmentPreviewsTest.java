package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

class AttachmentPreviewsTest extends WebTest {
  private static final Pattern PICTURE = Pattern.compile("src=\"data:image/png;base64,([^\"]+)\"");
  private static final int WIDTH_IN_PNG = 16;
  private static final int CRC_IN_PNG = 29;

  @Autowired private ContentStore content;

  @Test
  void textIsEscapedAndCannotRunAnything() throws Exception {
    MockHttpServletResponse preview = preview("text/csv", utf8("a,b\n<script>alert(1)</script>"));

    assertThat(preview.getStatus()).isEqualTo(200);
    assertThat(preview.getContentAsString())
        .contains("<pre>a,b\n&lt;script&gt;alert(1)&lt;/script&gt;</pre>")
        .doesNotContain("There is more");
    assertThat(preview.getHeader("Content-Security-Policy"))
        .contains("default-src 'none'", "sandbox");
  }

  @Test
  void longTextEndsWithAHint() throws Exception {
    String text = preview("text/plain", utf8("é".repeat(40_000))).getContentAsString();

    assertThat(text.length()).isLessThan(40_000);
    assertThat(text).contains("There is more: download the file.");
  }

  @Test
  void pictureIsSmallerAndHasNoByteOfTheSender() throws Exception {
    byte[] sent = png(2_000, 1_000);
    byte[] withTail = ByteBuffer.allocate(sent.length + 8).put(sent).put(utf8("<script>")).array();

    BufferedImage shown = picture(preview("image/png", withTail));

    assertThat(shown.getWidth()).isBetween(350, 700);
    assertThat(shown.getHeight()).isBetween(175, 350);
  }

  @Test
  void pictureOfTooManyPixelsIsNotDecoded() throws Exception {
    byte[] bomb = png(10, 10);
    ByteBuffer.wrap(bomb).putInt(WIDTH_IN_PNG, 60_000).putInt(WIDTH_IN_PNG + 4, 60_000);
    CRC32 crc = new CRC32();
    crc.update(bomb, 12, CRC_IN_PNG - 12);
    ByteBuffer.wrap(bomb).putInt(CRC_IN_PNG, (int) crc.getValue());

    assertThat(preview("image/png", bomb).getContentAsString()).contains("Download it instead");
  }

  @Test
  void brokenPictureSaysSo() throws Exception {
    assertThat(preview("image/jpeg", utf8("<html>")).getContentAsString())
        .contains("Download it instead");
  }

  @Test
  void lackOfMemoryIsNotBlamedOnTheFile() {
    ResponseBudget budget = mock(ResponseBudget.class);
    when(budget.during(anyLong(), any())).thenThrow(new IllegalStateException("busy"));
    AttachmentPreviews previews = new AttachmentPreviews(mock(), content, budget);
    Attachment file =
        new Attachment(
            UUID.randomUUID(),
            new OrganizationId("acme"),
            null,
            "a.png",
            "image/png",
            false,
            null,
            1,
            "00",
            null);

    assertThatThrownBy(() -> previews.page(file)).hasMessage("busy");
  }

  @Test
  void otherTypesHaveNone() {
    assertThat(preview("text/html", utf8("<b>Hello</b>")).getStatus()).isEqualTo(404);
    assertThat(preview("image/svg+xml", utf8("<svg/>")).getStatus()).isEqualTo(404);
  }

  private static BufferedImage picture(MockHttpServletResponse preview) throws IOException {
    Matcher found = PICTURE.matcher(preview.getContentAsString());
    assertThat(found.find()).isTrue();
    byte[] png = Base64.getDecoder().decode(found.group(1));
    assertThat(new String(png, StandardCharsets.ISO_8859_1)).doesNotContain("<script>");
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  private MockHttpServletResponse preview(String type, byte[] bytes) {
    UUID account = UUID.fromString(account("default", fresh("ada") + "@example.test"));
    StoredMail mails = new StoredMail(jdbc);
    UUID message = mails.ingested(account, "With a file", "See there.", null);
    String sha256 = content.store(new ByteArrayInputStream(bytes)).sha256();
    UUID file = mails.file(message, "file", type, sha256, bytes.length);
    try {
      return mvc.perform(
              MockMvcRequestBuilders.get("/console/attachments/" + file + "/preview")
                  .cookie(login()))
          .andReturn()
          .getResponse();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] png(int width, int height) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", png);
    return png.toByteArray();
  }
}
