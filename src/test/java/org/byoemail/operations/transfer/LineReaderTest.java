package org.byoemail.operations.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {

  @Test
  void lineBreakInQuotesIsPartOfTheLine() throws IOException {
    assertThat(csv("a,b\r\n\"x\ny\",\"a \"\"b\"\"\n\"\n\nc"))
        .containsExactly("1 a,b", "2 \"x\ny\",\"a \"\"b\"\"\n\"", "6 c");
  }

  @Test
  void quoteInsideACellOpensNothing() throws IOException {
    assertThat(csv("a,b\n5\" disk,x\n\"\",\"\"\"\"\nlast"))
        .containsExactly("1 a,b", "2 5\" disk,x", "3 \"\",\"\"\"\"", "4 last");
  }

  @Test
  void separatorIsTakenFromTheHeader() throws IOException {
    assertThat(csv("a;b\nx,y;\"1\n2\"\n")).containsExactly("1 a;b", "2 x,y;\"1\n2\"");
    assertThat(csv("a,b;c\nx;\"1\n2\n")).containsExactly("1 a,b;c", "2 x;\"1", "3 2");
  }

  @Test
  void jsonLinesEndAtEveryLineBreak() throws IOException {
    assertThat(lines(FileFormat.JSONL, "\uFEFF{\"a\":\"\n\"}\n".getBytes(StandardCharsets.UTF_8)))
        .containsExactly("1 {\"a\":\"", "2 \"}");
  }

  @Test
  void longestLineIsRead() throws IOException {
    String longest = "x".repeat(LineReader.MAX_LINE_BYTES);

    assertThat(csv(longest + "\n" + longest + "x\nnext"))
        .containsExactly("1 " + longest, "2 ! is longer than 65536 bytes", "3 next");
  }

  @Test
  void otherCharsetIsNoted() throws IOException {
    assertThat(lines(FileFormat.CSV, new byte[] {'a', '\n', (byte) 0xe4, '\n', 'b'}))
        .containsExactly("1 a", "2 ! is not UTF-8", "3 b");
  }

  private static List<String> csv(String file) throws IOException {
    return lines(FileFormat.CSV, file.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> lines(FileFormat format, byte[] file) throws IOException {
    LineReader reader = new LineReader(new ByteArrayInputStream(file), format);
    List<String> lines = new ArrayList<>();
    for (LineReader.Line line = reader.next(); line != null; line = reader.next()) {
      lines.add(line.number() + " " + (line.text() == null ? "! " + line.problem() : line.text()));
    }
    return lines;
  }
}
