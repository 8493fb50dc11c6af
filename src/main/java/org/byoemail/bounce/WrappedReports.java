package org.byoemail.bounce;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.byoemail.mime.MimePart;
import org.byoemail.mime.ParsedMail;

/** Reads reports that a filter on their way has wrapped into a mail of its own, as a whole. */
final class WrappedReports implements Rule {
  private final List<Rule> rules;

  WrappedReports(List<Rule> rules) {
    this.rules = rules;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    if (!mail.headers().mayBeReport()) {
      return Optional.empty();
    }
    return Parts.mails(mail.root())
        .filter(inner -> inner.headers().mayBeReport())
        .limit(1)
        .flatMap(this::inside)
        .findFirst();
  }

  private Stream<Classification> inside(MimePart inner) {
    ParsedMail mail = ParsedMail.inside(inner);
    return rules.stream().flatMap(rule -> rule.read(mail).stream()).limit(1);
  }
}
