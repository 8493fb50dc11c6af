package org.byoemail.platform.dossier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NumberRangesTest {
  @Test
  void mergedRangesContainWhatAnyOfThemContains() {
    Random random = new Random(1);
    NumberRanges ranges = new NumberRanges();
    TreeSet<Long> expected = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      TreeSet<Long> some = new TreeSet<>();
      long first = random.nextInt(2000);
      for (long n = first; n <= first + random.nextInt(12); n++) {
        some.add(n);
      }
      expected.addAll(some);
      ranges.add(new ObjectMapper().valueToTree(NumberRanges.of(some)));
    }

    for (long n = 0; n < 2100; n++) {
      assertThat(ranges.contains(n)).as("%d", n).isEqualTo(expected.contains(n));
    }
  }
}
