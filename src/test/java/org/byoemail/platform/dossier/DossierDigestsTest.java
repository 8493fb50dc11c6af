package org.byoemail.platform.dossier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DossierDigestsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 31, 100})
  void proofOfEachLeafLeadsToTheRootAndToNoOther(int count) {
    List<byte[]> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leaves.add(DossierDigests.sha256(new byte[] {(byte) i}));
    }
    byte[] root = DossierDigests.root(leaves);

    for (int i = 0; i < count; i++) {
      List<byte[]> proof = DossierDigests.proof(leaves, i);
      assertThat(DossierDigests.rootOf(leaves.get(i), i, count, proof)).isEqualTo(root);
      assertThat(DossierDigests.rootOf(new byte[32], i, count, proof)).isNotEqualTo(root);
      assertThat(DossierDigests.rootOf(leaves.get(i), count, count, proof)).isNull();
      if (count > 1) {
        assertThat(DossierDigests.rootOf(leaves.get(i), (i + 1) % count, count, proof))
            .isNotEqualTo(root);
        assertThat(DossierDigests.rootOf(leaves.get(i), i, count, proof.subList(1, proof.size())))
            .isNotEqualTo(root);
      }
    }
  }
}
