package org.byoemail.format.authentication;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a mail comes from the address in its From field.
 *
 * @param source who says so; null for an unproven sender
 * @param reason one sentence for people
 */
public record SenderVerdict(
    Kind kind, @Nullable Source source, String reason, List<Fact> facts, Proofs proofs) {

  /** The verdicts. */
  public enum Kind {
    /** The domain in From, or the receiving server, vouches for it. */
    AUTHENTIC,
    /** The domain in From asks receivers to reject such mail, says the receiving server. */
    FORGED,
    /** Nobody says anything that proves it, or the contrary. */
    UNPROVEN,
    /** No verdict yet: DNS did not answer. */
    UNDECIDED;

    /** The word of the contract and of the database. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the word. */
    public static Kind of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /** Who says so. */
  public enum Source {
    /** A signature that the gateway verified. */
    DKIM,
    /** The receiving server, by Authentication-Results. */
    SERVER,
    /** The receiving server: the mail was written inside its own organization. */
    INSIDE;

    /** The word of the contract and of the database. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What was found.
   *
   * @param kind {@code dkim}, {@code server}, {@code from}, {@code reply-to}, {@code list}, {@code
   *     forwarded}, {@code dns}, {@code contact}, {@code arc}
   */
  public record Fact(String kind, String detail) {}

  /**
   * What is proven of the way of a mail, though not of its author: what a contact may be pinned to.
   *
   * @param signers domains whose signatures passed
   * @param envelope the domain for which the trusted server says spf=pass; empty: none
   * @param list its List-Id; empty: none. Anybody can write one.
   * @param dmarcFailed whether the trusted server says dmarc=fail, whatever policy that is under
   * @param invitation whether it carries an invitation (text/calendar) that those signatures cover
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Proofs(
      List<String> signers, String envelope, String list, boolean dmarcFailed, boolean invitation) {
    static final Proofs NONE = new Proofs(List.of(), "", "", false, false);

    public Proofs {
      signers = List.copyOf(signers);
    }
  }

  public SenderVerdict {
    facts = List.copyOf(facts);
  }

  /** The verdict of a mail that was not looked at. */
  public static SenderVerdict unknown() {
    return new SenderVerdict(Kind.UNPROVEN, null, "it was not looked at", List.of(), Proofs.NONE);
  }

  /** The same of a sender that was undecided for too long: unproven. */
  public SenderVerdict givenUp(String why) {
    return new SenderVerdict(Kind.UNPROVEN, null, why, facts, proofs);
  }

  /** The same with one more fact, which the gateway itself words. */
  public SenderVerdict with(String fact, String detail) {
    List<Fact> all = new ArrayList<>(facts);
    all.add(new Fact(fact, detail));
    return new SenderVerdict(kind, source, reason, all, proofs);
  }

  /** The same of a forged mail that a trusted sealer forwarded: unproven. */
  public SenderVerdict forwardedBy(String sealer) {
    return new SenderVerdict(
            Kind.UNPROVEN,
            null,
            reason + "; but " + sealer + " forwarded it, and found its author authentic",
            facts,
            proofs)
        .with("arc", "sealed by " + sealer);
  }

  public boolean isAuthentic() {
    return kind == Kind.AUTHENTIC;
  }
}
