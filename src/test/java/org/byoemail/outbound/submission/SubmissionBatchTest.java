package org.byoemail.outbound.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmissionBatchTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "\uFEFF", "\n\t "})
  void itemsAreTheBytesAsTheyCame(String before) {
    assertThat(
            items(
                before
                    + "{\"messages\" : [ {\"a\": [1, {\"b\": \"ü]}\"}]} ,12.5,\"ä\", null,[]\n]}",
                StandardCharsets.UTF_8))
        .containsExactly("{\"a\": [1, {\"b\": \"ü]}\"}]}", "12.5", "\"ä\"", "null", "[]");
  }

  @Test
  void otherEncodingIsRefused() {
    assertThatThrownBy(() -> items("{\"messages\": [{}]}", StandardCharsets.UTF_16LE))
        .isInstanceOf(SubmissionRejected.class)
        .hasMessageContaining("UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"messages\": []}",
        "{\"messages\": {}}",
        "{\"messages\": [{}]} {}",
        "{\"messages\": [{}], \"messages\": [{}]}",
        "{\"messages\": [{}], \"more\": 1}",
        "{\"messages\": [{]}"
      })
  void whatIsNoBatchIsRefused(String body) {
    assertThatThrownBy(() -> items(body, StandardCharsets.UTF_8))
        .isInstanceOf(SubmissionRejected.class);
  }

  @Test
  void nestingWithoutEndIsRefused() {
    assertThatThrownBy(
            () -> items("{\"messages\": [" + "[".repeat(100_000), StandardCharsets.UTF_8))
        .isInstanceOf(SubmissionRejected.class);
  }

  private static List<String> items(String body, Charset charset) {
    return SubmissionBatch.items(body.getBytes(charset)).stream()
        .map(SubmissionBatchTest::text)
        .toList();
  }

  private static String text(InputStream item) {
    try {
      return new String(item.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
