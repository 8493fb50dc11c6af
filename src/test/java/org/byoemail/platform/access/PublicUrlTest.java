package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicUrlTest {
  @ParameterizedTest
  @CsvSource({
    "https://mail.example.com, https://mail.example.com/connect/x",
    "https://mail.example.com/, https://mail.example.com/connect/x",
    "https://example.com:8443/gateway, https://example.com:8443/gateway/connect/x",
    "http://localhost:8080, http://localhost:8080/connect/x",
    "http://[::1]:8080, http://[::1]:8080/connect/x"
  })
  void addressOfAPathBeginsWithTheSetting(String setting, String address) {
    assertThat(url(setting).required("/connect/x")).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://mail.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "ftp://mail.example.com",
        "mail.example.com",
        "https://",
        "https://user@mail.example.com",
        "https://mail.example.com?x=1",
        "https://mail.example.com#x",
        "https://mail example.com"
      })
  void settingThatIsNoHttpsAddressStopsTheStart(String setting) {
    assertThatThrownBy(() -> new PublicUrlSettings(setting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("BYO_PUBLIC_URL");
  }

  @Test
  void addressOfAPathIsMissingWithoutTheSetting() {
    assertThat(url(" ").of("/connect/x")).isEmpty();
    assertThatThrownBy(() -> url(" ").required("/connect/x")).isInstanceOf(PublicUrlMissing.class);
  }

  private static PublicUrl url(String setting) {
    return new PublicUrl(new PublicUrlSettings(setting));
  }
}
