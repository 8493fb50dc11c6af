package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrandTest {
  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({"#1f5fbf, #ffffff", "#ffd400, #000000", "#000000, #ffffff", "#FFFFFF, #000000"})
  void textOfButtonsHasContrast(String colour, String text) {
    String css = new Brand(new BrandSettings("Acme", "", colour)).css();

    assertThat(css).contains("color: " + text + ";");
  }

  @ParameterizedTest
  @ValueSource(strings = {"red", "#fff", "#12345g", "#123456;} body { background: url(x)"})
  void whatIsNoColourStopsTheStart(String colour) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BrandSettings("", "", colour))
        .withMessageContaining("byo.connect.brand.colour");
  }

  @Test
  void logoIsAPictureOfModerateSize() throws IOException {
    Path small = Files.write(dir.resolve("logo.PNG"), new byte[100]);
    Path large = Files.write(dir.resolve("large.svg"), new byte[(200 << 10) + 1]);
    Path page = Files.write(dir.resolve("page.html"), new byte[1]);

    Brand brand = new Brand(new BrandSettings("", small.toString(), ""));

    assertThat(brand.logo()).hasSize(100);
    assertThat(brand.logoType()).hasToString("image/png");
    for (Path wrong : new Path[] {large, page}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Brand(new BrandSettings("", wrong.toString(), "")))
          .withMessageContaining("byo.connect.brand.logo");
    }
  }
}
