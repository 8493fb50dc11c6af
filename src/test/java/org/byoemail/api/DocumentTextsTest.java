package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.byoemail.platform.conversation.AttachmentReader.Start;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class DocumentTextsTest {
  private static final Path TIKA = Path.of("target", "servers", "tika");
  private static final String WORD =
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

  @TempDir Path dir;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private DocumentTexts by(@Nullable Path folder, Duration timeout) {
    return new DocumentTexts(
        new DocumentTextSettings(
            folder, DataSize.ofMegabytes(128), timeout, DataSize.ofMegabytes(1), 1),
        meters);
  }

  private DocumentTexts byTika() {
    return by(TIKA, Duration.ofMinutes(1));
  }

  private static @Nullable Start read(DocumentTexts texts, byte[] document) throws IOException {
    return texts.read(() -> new ByteArrayInputStream(document), 1_000);
  }

  private double counted(String outcome) {
    return meters.get("byo.document.texts").tag("outcome", outcome).counter().count();
  }

  @Test
  void pdfHasItsText() throws Exception {
    assertThat(read(byTika(), pdf("Total: 42 euros")))
        .isEqualTo(new Start("Total: 42 euros", true));
    assertThat(counted("read")).isOne();
  }

  @Test
  void officeDocumentHasItsText() throws Exception {
    assertThat(read(byTika(), word("Grüße an Zoë"))).isEqualTo(new Start("Grüße an Zoë", true));
  }

  @Test
  void brokenDocumentHasNone() throws Exception {
    assertThat(read(byTika(), "%PDF-1.7 and nothing else".getBytes(StandardCharsets.US_ASCII)))
        .isNull();
    assertThat(counted("failed")).isOne();
  }

  @Test
  void documentThatCannotBeCopiedIsCounted() {
    DocumentTexts texts = by(dir, Duration.ofMinutes(1));

    assertThatThrownBy(
            () ->
                texts.read(
                    () -> {
                      throw new IOException("it is gone");
                    },
                    1_000))
        .hasMessage("it is gone");
    assertThat(counted("failed")).isOne();
  }

  @Test
  void otherFilesAreNotRead() {
    DocumentTexts texts = byTika();

    assertThat(texts.reads("application/pdf", 1_000)).isTrue();
    assertThat(texts.reads(WORD, 1_000)).isTrue();
    assertThat(texts.reads("application/pdf", 2_000_000)).isFalse();
    assertThat(texts.reads("application/zip", 1_000)).isFalse();
    assertThat(texts.reads("image/png", 1_000)).isFalse();
    assertThat(by(null, Duration.ofSeconds(1)).reads("application/pdf", 1_000)).isFalse();
  }

  @Test
  void processThatHangsIsEnded() throws Exception {
    DocumentTexts texts = by(stub(), Duration.ofSeconds(2));

    assertThat(read(texts, "hang".getBytes(StandardCharsets.US_ASCII))).isNull();
    assertThat(counted("failed")).isOne();
    // Its place is free again.
    assertThat(read(texts, "environment".getBytes(StandardCharsets.US_ASCII))).isNotNull();
  }

  @Test
  void documentIsOpenedWhenItCanBeReadOnly() throws Exception {
    DocumentTexts texts = by(stub(), Duration.ofSeconds(3));
    AtomicInteger opened = new AtomicInteger();
    List<CompletableFuture<?>> readers = new ArrayList<>();
    CountDownLatch first = new CountDownLatch(1);
    for (int i = 0; i < 3; i++) {
      readers.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  texts.read(
                      () -> {
                        opened.incrementAndGet();
                        first.countDown();
                        return new ByteArrayInputStream("hang".getBytes(StandardCharsets.US_ASCII));
                      },
                      1_000);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              runnable -> new Thread(runnable).start()));
    }

    assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(opened).hasValue(1);
    CompletableFuture.allOf(readers.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    assertThat(counted("busy")).isPositive();
    assertThat(opened.get() + counted("busy")).isEqualTo(3);
  }

  @Test
  void processWhoseGatewayWasKilledEndsByItself() throws Exception {
    Path document = Files.writeString(dir.resolve("document"), "hang");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Path.of("target", "classes") + File.pathSeparator + stub().resolve("stub.jar"),
                DocumentReader.class.getName(),
                document.toString(),
                document.toString(),
                "500")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(2);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void outputWithoutEndIsCut() throws Exception {
    Start text =
        read(by(stub(), Duration.ofMinutes(1)), "flood".getBytes(StandardCharsets.US_ASCII));

    assertThat(text.text()).hasSize(1_000);
    assertThat(text.isWhole()).isFalse();
  }

  @Test
  void processHasNothingOfTheGatewaysEnvironment() throws Exception {
    assertThat(System.getenv()).isNotEmpty();

    assertThat(
            read(
                by(stub(), Duration.ofMinutes(1)),
                "environment".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(new Start("{}", true));
  }

  @Test
  void folderThatIsNotThereStopsTheStart() {
    Path missing = dir.resolve("missing");

    assertThatThrownBy(() -> by(missing, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("byo.document-text.tika");
  }

  /** A folder with a Tika that does what its document says. */
  private Path stub() throws Exception {
    Map<String, String> sources =
        Map.of(
            "org/apache/tika/config/TikaConfig.java",
            """
            package org.apache.tika.config;
            public class TikaConfig { public TikaConfig(java.nio.file.Path file) {} }
            """,
            "org/apache/tika/Tika.java",
            """
            package org.apache.tika;
            public class Tika {
              public Tika(org.apache.tika.config.TikaConfig configuration) {}
              public java.io.Reader parse(java.nio.file.Path document) throws Exception {
                String asked = java.nio.file.Files.readString(document);
                if (asked.equals("hang")) {
                  Thread.currentThread().join();
                }
                System.out.println("what a library logs");
                while (asked.equals("flood")) {
                  new java.io.FileOutputStream(java.io.FileDescriptor.out).write("0123456789".getBytes());
                }
                return new java.io.StringReader(System.getenv().toString());
              }
            }
            """);
    List<String> command = new ArrayList<>(List.of("-d", dir.toString()));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = dir.resolve("src").resolve(source.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, source.getValue());
      command.add(file.toString());
    }
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, command.toArray(String[]::new)))
        .isZero();
    Path folder = Files.createDirectories(dir.resolve("stub"));
    try (JarOutputStream out =
        new JarOutputStream(Files.newOutputStream(folder.resolve("stub.jar")))) {
      for (String source : sources.keySet()) {
        String type = source.replace(".java", ".class");
        out.putNextEntry(new JarEntry(type));
        out.write(Files.readAllBytes(dir.resolve(type)));
      }
    }
    return folder;
  }

  private static byte[] pdf(String text) {
    String content = "BT /F1 12 Tf 72 720 Td (" + text + ") Tj ET";
    return """
        %%PDF-1.4
        1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
        2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
        3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R
          /Resources <</Font <</F1 <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>>> endobj
        4 0 obj <</Length %d>> stream
        %s
        endstream endobj
        trailer <</Root 1 0 R>>
        %%%%EOF
        """
        .formatted(content.length(), content)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] word(String text) throws IOException {
    String types = "http://schemas.openxmlformats.org/package/2006/";
    String office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, String> part :
          Map.of(
                  "[Content_Types].xml",
                  "<Types xmlns='"
                      + types
                      + "content-types'><Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
                      + "<Override PartName='/word/document.xml' ContentType='"
                      + WORD
                      + ".main+xml'/></Types>",
                  "_rels/.rels",
                  "<Relationships xmlns='"
                      + types
                      + "relationships'><Relationship Id='a' Type='"
                      + office
                      + "/officeDocument' Target='word/document.xml'/></Relationships>",
                  "word/document.xml",
                  "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body><w:p><w:r><w:t>"
                      + text
                      + "</w:t></w:r></w:p></w:body></w:document>")
              .entrySet()) {
        zip.putNextEntry(new ZipEntry(part.getKey()));
        OutputStream out = zip;
        out.write(part.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
