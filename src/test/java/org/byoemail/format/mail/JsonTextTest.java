package org.byoemail.format.mail;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "\0\0", "\\u0000", "\\\0", "\\\\u0000\0", "\\\\\0u0000", ""})
  void onlyNulIsLeftOut(String text) throws Exception {
    ObjectMapper json = new ObjectMapper();

    String written = JsonText.withoutNul(json.writeValueAsString(text));

    assertThat(json.readValue(written, String.class)).isEqualTo(text.replace("\0", ""));
  }
}
