package org.byoemail.inbound.ingest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.format.html.HiddenText;
import org.byoemail.format.mail.StoredText;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.screen.Finding;
import org.byoemail.format.screen.MailScreen;
import org.jspecify.annotations.Nullable;

/**
 * The hidden text of a mail, and findings. All of it was written by a stranger.
 *
 * @param plainText the first 65,536 characters of the plain part; null if the mail has no plain
 *     part or no HTML
 * @param preheader the hidden first words of the HTML; null if there are none
 */
public record Screening(
    @Nullable String plainText,
    @Nullable String preheader,
    List<Hidden> hidden,
    List<Found> findings) {
  /** The names of all kinds of findings, in alphabetical order. */
  public static final SortedSet<String> KINDS =
      Stream.of(Finding.Kind.values())
          .map(Finding.Kind::word)
          .collect(
              Collectors.collectingAndThen(
                  Collectors.toCollection(TreeSet::new), Collections::unmodifiableSortedSet));

  private static final String FORGED = Finding.Kind.FORGED_SENDER.word();
  private static final int MAX_PLAIN = 65_536;
  private static final Set<String> OF_SENDER =
      Stream.of(
              Finding.Kind.FIRST_CONTACT,
              Finding.Kind.LOOKALIKE_SENDER,
              Finding.Kind.REPLY_TO_ELSEWHERE)
          .map(Finding.Kind::word)
          .collect(Collectors.toUnmodifiableSet());

  /** The screening of a mail without hidden text or findings. */
  public static final Screening NOTHING = new Screening(null, null, List.of(), List.of());

  /**
   * Hidden words.
   *
   * @param source name of a {@link HiddenText.Source}
   */
  public record Hidden(String source, String text) {}

  /**
   * A finding.
   *
   * @param kind name of a {@link Finding.Kind}
   * @param severity name of a {@link Finding.Severity}
   */
  public record Found(String kind, String severity, String evidence) {
    /** Whether {@link SenderFacts} found it. */
    boolean isOfSender() {
      return severity.equals(Finding.Severity.INFO.word()) && OF_SENDER.contains(kind);
    }
  }

  public Screening {
    hidden = List.copyOf(hidden);
    findings = List.copyOf(findings);
  }

  /**
   * Screens a mail.
   *
   * @param facts what is noteworthy of its sender
   * @param proven whether a trusted server has authenticated its sender
   * @param forged whether it reports {@code dmarc=fail}
   */
  static Screening of(ParsedMail mail, List<Finding> facts, boolean proven, boolean forged) {
    List<Finding> findings = new ArrayList<>();
    if (forged) {
      findings.add(
          new Finding(
              Finding.Kind.FORGED_SENDER,
              Finding.Severity.SERIOUS,
              "the receiving server says dmarc=fail"));
    }
    findings.addAll(MailScreen.findings(mail, proven));
    findings.addAll(facts);
    String preheader = mail.body().preheader();
    return new Screening(
        mail.plain().map(text -> StoredText.of(text, MAX_PLAIN)).orElse(null),
        preheader.isEmpty() ? null : preheader,
        mail.body().hidden().stream()
            .map(one -> new Hidden(one.source().word(), one.text()))
            .toList(),
        findings.stream()
            .map(one -> new Found(one.kind().word(), one.severity().word(), one.evidence()))
            .toList());
  }

  /**
   * The same with what another one says of the sender: facts of the time of arrival.
   *
   * @param judged whether a verdict is stored; else only the finding says that it was forged
   */
  Screening withFactsOf(Screening stored, boolean judged) {
    List<Found> all = new ArrayList<>();
    if (!judged) {
      stored.findings.stream().filter(one -> one.kind().equals(FORGED)).forEach(all::add);
    }
    all.addAll(findings);
    stored.findings.stream().filter(Found::isOfSender).forEach(all::add);
    return new Screening(plainText, preheader, hidden, all);
  }

  /** The same without findings of some kinds. */
  Screening without(Set<String> kinds) {
    return new Screening(
        plainText,
        preheader,
        hidden,
        findings.stream().filter(one -> !kinds.contains(one.kind())).toList());
  }

  boolean isEmpty() {
    return equals(NOTHING);
  }

  /** Shows counts only: what strangers wrote must not be logged. */
  @Override
  public String toString() {
    return "Screening[hidden=%d, findings=%d]".formatted(hidden.size(), findings.size());
  }
}
