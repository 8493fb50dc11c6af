package org.byoemail.format.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.byoemail.format.screen.OutgoingCorpus.Labelled;
import org.byoemail.format.screen.OutgoingFinding.Kind;
import org.junit.jupiter.api.Test;

/** What the examination of outgoing mail finds in a labelled corpus. */
class OutgoingCorpusTest {
  /** The half that was never looked at while the rules were written. */
  private static final long SEED = 20_261_130;

  private static final int OF_EACH = 200;

  @Test
  void honestMailHasAtMostOneFalseFindingInTwoHundred() throws IOException {
    List<Labelled> honest = OutgoingCorpus.honest(SEED, OF_EACH);
    Map<String, Integer> wrong = new TreeMap<>();

    for (Labelled one : honest) {
      findings(one).stream()
          .findFirst()
          .ifPresent(found -> wrong.merge(one.shape() + ": " + found.name(), 1, Integer::sum));
    }

    int mails = wrong.values().stream().mapToInt(n -> n).sum();
    assertThat(mails * 1_000.0 / honest.size()).as("per mille, of %s", wrong).isLessThan(5);
  }

  @Test
  void whatIsThereIsFound() throws IOException {
    Map<String, Integer> missed = new TreeMap<>();
    List<Labelled> leaking = OutgoingCorpus.leaking(SEED, OF_EACH);

    for (Labelled one : leaking) {
      if (findings(one).stream().noneMatch(found -> found.kind() == one.has())) {
        missed.merge(one.shape(), 1, Integer::sum);
      }
    }

    int mails = missed.values().stream().mapToInt(n -> n).sum();
    assertThat(mails * 1_000.0 / leaking.size()).as("per mille, of %s", missed).isLessThan(5);
  }

  @Test
  void whatIsFoundIsOfItsKindAlone() throws IOException {
    Map<String, Integer> others = new TreeMap<>();
    List<Labelled> leaking = OutgoingCorpus.leaking(SEED, OF_EACH);

    for (Labelled one : leaking) {
      findings(one).stream()
          .map(OutgoingFinding::kind)
          .filter(kind -> kind != one.has() && kind != Kind.PARTLY_READ)
          .forEach(kind -> others.merge(one.shape() + ": " + kind, 1, Integer::sum));
    }

    int mails = others.values().stream().mapToInt(n -> n).sum();
    assertThat(mails * 1_000.0 / leaking.size()).as("per mille, of %s", others).isLessThan(5);
  }

  private static List<OutgoingFinding> findings(Labelled one) throws IOException {
    return OutgoingScreen.examine(one.mail(), OutgoingRules.NONE).findings();
  }
}
