package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartialFetchTest {
  @ParameterizedTest
  @CsvSource({
    "60, 60, 60, true",
    "100, 100, 100, false",
    "100, 100, 160, false",
    "60, 160, 160, true",
    "60, 60, 160, false",
    "0, 160, 200, true",
    "160, 160, 160, true",
    "160, 160, 90, true",
    "60, 60, 40, true"
  })
  void lastPieceReachesTheAnnouncedSizeOrIsLongerOrEmpty(
      int length, long soFar, long size, boolean last) {
    assertThat(PartialFetch.isLast(new byte[length], 100, soFar, size)).isEqualTo(last);
  }
}
