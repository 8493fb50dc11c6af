package org.byoemail.format.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.byoemail.format.mime.MimePart;
import org.byoemail.format.mime.ParsedMail;

/** Reads reports that a filter has attached to another mail as message/rfc822. */
final class WrappedReports implements ReferenceRule {
  private final List<ReferenceRule> rules;

  WrappedReports(List<ReferenceRule> rules) {
    this.rules = rules;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    if (!mail.headers().mayBeReport()) {
      return Optional.empty();
    }
    return ReportParts.reports(mail.root()).limit(1).flatMap(this::inside).findFirst();
  }

  private Stream<Classification> inside(MimePart inner) {
    ParsedMail mail = ParsedMail.inside(inner);
    return rules.stream().flatMap(rule -> rule.read(mail).stream()).limit(1);
  }
}
